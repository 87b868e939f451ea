import type * as z from 'zod';

type Issue = z.core.$ZodIssue;

/**
 * The issues of a union, reduced to those of the option that was meant: one whose type is right, with the fewest
 * mistakes. Where no option has the right type, one issue that wants any of them. Paths are from the top.
 */
export function narrow(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const options = issue.errors.map((option) => option.flatMap(narrow));
  const ofRightType = options.filter((option) => !option.some(isAboutWhole)).sort((a, b) => weigh(a) - weigh(b));
  const [meant] = ofRightType;
  if (meant !== undefined) return meant.map((one) => ({ ...one, path: [...issue.path, ...one.path] }));
  const wanted = options.flatMap((option) => option.filter(isAboutWhole).map(describeWanted));
  const message = `Expected ${[...new Set(wanted)].map((text) => text.replace(/^must be /, '')).join(' or ')}`;
  return [{ code: 'custom', path: issue.path, message }];
}

function isAboutWhole(issue: Issue): boolean {
  return issue.path.length === 0 && issue.code !== 'unrecognized_keys' && issue.code !== 'custom';
}

/** Unknown keys weigh double: they say most surely that another option is meant. */
function weigh(issues: readonly Issue[]): number {
  return issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? 2 * issue.keys.length : 1), 0);
}

/** What must be true of the value, as the end of a sentence. Built from the schema alone, never from the value. */
export function describeWanted(issue: Issue): string {
  if (issue.message.startsWith('Expected ')) return issue.message.replace('Expected ', 'must be ');
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${TYPE_NAMES[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'too_small':
      return `must ${bound(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum)}`;
    case 'too_big':
      return `must ${bound(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum)}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_format':
      if (issue.format === 'starts_with')
        return `must start with ${JSON.stringify((issue as { prefix?: string }).prefix)}`;
      break;
    case 'invalid_union':
      if ('options' in issue) return `must be one of ${issue.options?.map((one) => JSON.stringify(one)).join(', ')}`;
      break;
  }
  return `must fit: ${issue.message}`;
}

function bound(origin: string, relation: string, limit: number | bigint): string {
  if (origin === 'array' || origin === 'set') return `have ${relation} ${limit} item${limit === 1 ? '' : 's'}`;
  if (origin === 'string') return limit === 1 ? 'not be empty' : `have ${relation} ${limit} characters`;
  return `be ${relation} ${limit}`;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};
