import { readFileSync } from 'node:fs';
import { nearestPlace } from '../config/place.ts';
import { parseSource } from '../config/source.ts';
import type { Complaint, SchemaProblem } from './schema-problem.ts';

/**
 * Gives a complaint its place: the one that it knows, or where `key` is written in its file, or where `word` first stands
 * there (after `key`, if it has both). Files are read only when something is wrong.
 * @param file what is complained of where the complaint names no file of its own.
 */
export function locateComplaint(complaint: Complaint, upstream: string, file: string): SchemaProblem {
  const { key, word, ...problem } = { file, upstream, ...complaint };
  if (problem.line !== undefined || (key === undefined && word === undefined)) return problem;
  const text = readText(problem.file);
  const nearest = key && nearestPlace(parseSource(problem.file, text, {}).top, key);
  const place = nearest?.key ?? nearest;
  const found = word === undefined ? undefined : findWord(text, word, place?.line ?? 1);
  const { line = 0, column = 0 } = found ?? place ?? {};
  return line === 0 ? problem : { ...problem, line, column };
}

function findWord(text: string, word: string, fromLine: number): { line: number; column: number } | undefined {
  const isPartOfName = (character: string | undefined) => character !== undefined && /\w/.test(character);
  for (const [index, content] of text.split('\n').entries()) {
    if (index + 1 < fromLine) continue;
    for (let at = content.indexOf(word); at !== -1; at = content.indexOf(word, at + 1)) {
      if (isPartOfName(content[at - 1]) || isPartOfName(content[at + word.length])) continue;
      return { line: index + 1, column: at + 1 };
    }
  }
  return undefined;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
