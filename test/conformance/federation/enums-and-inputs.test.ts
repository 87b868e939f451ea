import { conform } from './conform.ts';

conform(
  'intersection of enums, inputs and arguments',
  {
    subgraphs: {
      a: `type Query { echo(input: In, only: Int, size: Size): String sized: Size }
        input In { both: Int mine: Int list: [Size!] } enum Size { S M }`,
      b: 'type Query { other(input: In): String big: Size } input In { both: Int list: [Size!] } enum Size { S M }',
    },
    resolvers: {
      Query: {
        echo: (_, args) => JSON.stringify(args),
        other: (_, args) => JSON.stringify(args),
        sized: () => 'M',
        big: () => 'L',
      },
    },
  },
  [
    {
      id: 'INPUT-1',
      says: 'an input field that not all subgraphs have MUST be refused',
      refuses: '{ echo(input: { mine: 1 }) }',
      because: /"mine"/,
    },
    {
      id: 'INPUT-2',
      says: 'an input object MUST reach the subgraph as it was given',
      query: 'query ($input: In) { echo(input: $input) other(input: { list: [S, M] }) }',
      variables: { input: { both: 2, list: ['M'] } },
      data: { echo: '{"input":{"both":2,"list":["M"]}}', other: '{"input":{"list":["S","M"]}}' },
    },
    {
      id: 'INPUT-3',
      says: 'a null MUST NOT become an absent argument, nor the other way round',
      query: 'query ($only: Int, $size: Size) { a: echo(only: null) b: echo(only: $only) c: echo(size: $size) }',
      variables: { only: null },
      data: { a: '{"only":null}', b: '{"only":null}', c: '{}' },
    },
    {
      id: 'ENUM-1',
      says: 'an enum value MUST be answered by its name',
      query: '{ sized }',
      data: { sized: 'M' },
    },
    {
      id: 'ENUM-2',
      says: 'a value that the enum does not have MUST become null with an error',
      query: '{ big }',
      data: { big: null },
      errors: ['big'],
    },
  ],
);
