import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isJsonType } from '../../../src/proxy/body/json-type.ts';

describe('a media type', () => {
  for (const type of [
    'application/json',
    'Application/JSON ; charset=UTF-8',
    'application/problem+json',
    'application/vnd.shop.v2+json; charset="utf-8"; x=1',
  ]) {
    it(`${type} is JSON`, () => assert.equal(isJsonType(type), true));
  }
  for (const type of [
    undefined,
    '',
    'text/plain',
    'text/json',
    'application/jsonp',
    'application/json-seq',
    'application/x-ndjson',
    'application/json; charset=utf-16',
    'application/json+xml',
    'x/application/json',
  ]) {
    it(`${type} is not JSON in UTF-8`, () => assert.equal(isJsonType(type), false));
  }
});
