import type { ConstValueNode, StringValueNode } from 'graphql';
import { compileMapping, type Mapping, type MappingOptions } from '../../mapping/mapping.ts';
import type { VariableReference } from '../../mapping/references.ts';
import type { SpecVersion } from '../../mapping/spec-version.ts';
import { MappingSyntaxError } from '../../mapping/syntax-error.ts';
import { compileTemplate, type Template } from '../../mapping/template.ts';
import { compileUrlTemplate, type UrlTemplate } from '../../mapping/url-template.ts';
import { readString } from './directive-values.ts';
import type { ProblemList } from './problem-list.ts';

/** Whether a text is evaluated before there is an answer, or on the answer. */
export type Phase = 'request' | 'response';

/** A variable that a text of a connector reads. */
export interface ConnectorReference extends VariableReference {
  readonly phase: Phase;
  /** The text, for messages; `offset` counts in it. */
  readonly node: StringValueNode;
}

/** Compiles the texts of one directive, and keeps account of the variables that they read and of what is wrong. */
export class TextCompiler {
  readonly references: ConnectorReference[] = [];
  readonly version: SpecVersion;
  readonly #problems: ProblemList;

  constructor(version: SpecVersion, problems: ProblemList) {
    this.version = version;
    this.#problems = problems;
  }

  mapping(
    value: ConstValueNode | undefined,
    where: string,
    phase: Phase,
    missing: MappingOptions['missing'] = 'omit',
  ): Mapping | undefined {
    return this.#compile(value, where, phase, (text) => compileMapping(text, { version: this.version, missing }));
  }

  template(value: ConstValueNode | undefined, where: string): Template | undefined {
    return this.#compile(value, where, 'request', (text) => compileTemplate(text, this.version));
  }

  url(value: ConstValueNode | undefined, where: string): UrlTemplate | undefined {
    return this.#compile(value, where, 'request', (text) => compileUrlTemplate(text, this.version));
  }

  #compile<T extends { readonly references: readonly VariableReference[] }>(
    value: ConstValueNode | undefined,
    where: string,
    phase: Phase,
    compile: (text: string) => T,
  ): T | undefined {
    const node = readString(value, where, this.#problems);
    if (node === undefined) return undefined;
    try {
      const compiled = compile(node.value);
      this.references.push(...compiled.references.map((reference) => ({ ...reference, phase, node })));
      return compiled;
    } catch (error) {
      if (!(error instanceof MappingSyntaxError)) throw error;
      this.#problems.addInString(
        node,
        error.offset,
        `${where}: ${error.message}`,
        `Correct the text; the mapping language is that of connect v${this.version}`,
      );
      return undefined;
    }
  }
}
