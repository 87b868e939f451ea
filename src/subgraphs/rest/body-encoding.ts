import { isObject } from '../../mapping/json-data.ts';

/** A body as `application/x-www-form-urlencoded`; deeper values get names such as `a[b][0]`. `undefined`: only objects have a form. */
export function encodeForm(body: unknown): string | undefined {
  if (!isObject(body)) return undefined;
  const pairs = new URLSearchParams();
  const add = (name: string, value: unknown): void => {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) add(`${name}[${index}]`, item);
    else if (isObject(value)) for (const key of Object.keys(value)) add(`${name}[${key}]`, value[key]);
    else pairs.append(name, value === null || value === undefined ? '' : String(value));
  };
  for (const key of Object.keys(body)) add(key, body[key]);
  return pairs.toString();
}

export function isForm(contentType: string | undefined): boolean {
  return /^application\/x-www-form-urlencoded\b/i.test(contentType ?? '');
}
