import type { Complaint } from '../../schema-problem.ts';

/** Leaves the compilation of one lookup at its first complaint; `compileLookup` catches it. */
export class LookupError extends Error {
  readonly complaint: Complaint;
  constructor(message: string, hint: string) {
    super(message);
    this.complaint = { message, hint };
  }
}
