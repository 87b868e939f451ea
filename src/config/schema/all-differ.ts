import { isMapping } from '../mapping.ts';
import type { SectionRule } from './section.ts';

/** The members of a list have different names. @param what In plural, such as "Names of limits". */
export function allDiffer(list: string, key: string, what: string): SectionRule {
  return {
    check(written) {
      const members: unknown = written[list];
      if (!Array.isArray(members)) return undefined;
      const names = members.map((member: unknown) => (isMapping(member) ? member[key] : undefined));
      const at = names.findIndex((name, index) => typeof name === 'string' && names.indexOf(name) < index);
      if (at === -1) return undefined;
      return {
        message: `${what} must be unique, and this one is not`,
        path: [list, at, key],
        hint: `Give one of them another "${key}"`,
      };
    },
  };
}
