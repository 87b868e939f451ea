import type { CompressionDefinition } from '../config/schema/compression.ts';

/** A content coding that answers may get (RFC 9110 §8.4.1). */
export type Coding = CompressionDefinition['codings'][number];

/** How much work is put into each coding; more is smaller and slower. */
export type CodingLevels = Readonly<Record<Coding, number>>;
