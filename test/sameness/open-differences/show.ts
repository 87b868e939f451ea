import { compareWithMonolith } from '../compare.ts';
import { createEngines } from '../engines.ts';
import { federate } from '../federation/federate.ts';
import { OPEN_CASES } from './cases.ts';

for (const { engine, wrong, create, query } of OPEN_CASES) {
  const federation = federate(create());
  const engines = createEngines(federation.supergraph, federation.subgraphs).filter(({ name }) => name === engine);
  console.log(`\n# ${federation.fixture.name}, ${engine}: ${wrong}`);
  try {
    const declined = await compareWithMonolith(federation, engines, { text: query, variables: {} });
    console.log(declined[engine] === undefined ? 'There is no difference any more' : `Declined: ${declined[engine]}`);
  } catch (error) {
    console.log(error instanceof Error ? error.message : error);
  }
}
