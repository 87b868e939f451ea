import type { SectionRule } from './section.ts';

/** A certificate is of no use without its key, and the other way round. */
export const certificateHasKey: SectionRule = {
  check({ cert, key }) {
    if ((cert === undefined) === (key === undefined)) return undefined;
    const missing = cert === undefined ? 'cert' : 'key';
    return {
      message: `"cert" and "key" must be given together, and "${missing}" is missing`,
      path: [missing === 'cert' ? 'key' : 'cert'],
      hint: `Add \`${missing}:\`, or remove the other`,
    };
  },
};
