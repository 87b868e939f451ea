import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { QueryPlan } from '@graphql-hive/router-query-planner';
import { type DocumentNode, parse } from 'graphql';
import { createDataKeys } from '../../src/planner/data-keys.ts';
import { readFederationModel } from '../../src/planner/model/read-federation-model.ts';
import { createNativePlanner } from '../../src/planner/native-planner.ts';
import { normaliseOperation } from '../../src/planner/normalise.ts';
import { createOwnPlanner } from '../../src/planner/own-planner.ts';
import { createPlanDocumentWriter } from '../../src/planner/plan-document.ts';
import { verifyPlan } from '../../src/planner/verify/verify-plan.ts';
import { federate } from '../sameness/federation/federate.ts';
import type { Fixture } from '../sameness/federation/fixture.ts';
import { depotFixture } from '../sameness/supergraphs/depot.ts';
import { interfaceObjectsFixture } from '../sameness/supergraphs/library.ts';

function open(fixture: Fixture) {
  const { supergraph } = federate(fixture);
  const document = parse(supergraph.sdl, { noLocation: true });
  const model = readFederationModel(document, new Set());
  const write = createPlanDocumentWriter(document, createDataKeys(document), { selectsInterfaceKeys: false });
  const asked = (text: string): DocumentNode => write(normaliseOperation(supergraph.apiSchema, parse(text), null, {}));
  return {
    sdl: supergraph.sdl,
    asked,
    plan: (text: string) => createOwnPlanner(model).plan(asked(text)),
    verify: (text: string, plan: QueryPlan) => verifyPlan(model, plan, asked(text)),
  };
}

const depot = open(depotFixture());
const library = open(interfaceObjectsFixture());

/** A plan in which every occurrence of some text is replaced. */
function spoil(plan: QueryPlan, text: string | RegExp, by: string): QueryPlan {
  const before = JSON.stringify(plan);
  const after = before.replaceAll(text instanceof RegExp ? new RegExp(text, 'g') : text, by);
  assert.notEqual(after, before, 'the plan does not have what the test spoils');
  return JSON.parse(after) as QueryPlan;
}

describe('verifyPlan', () => {
  it('finds nothing wrong with a right plan', () => {
    const query = '{parcels{fee lines{parcel{verdict}}}}';
    assert.equal(depot.verify(query, depot.plan(query)), undefined);
  });

  it('finds a field that nothing fetches', () => {
    const query = '{parcel(id:"x1"){state meta}}';
    assert.equal(depot.verify(query, spoil(depot.plan(query), ' meta', '')), 'Nothing fetches "meta" of Parcel');
  });

  it('finds a field that is fetched with other arguments', () => {
    const query = '{parcel(id:"x1"){cost(currency:"USD")}}';
    assert.match(depot.verify(query, spoil(depot.plan(query), 'USD', 'EUR')) ?? '', /Nothing fetches/);
  });

  it('finds a subgraph that does not have the field', () => {
    const query = '{depots{manager{name}}}';
    assert.match(depot.verify(query, spoil(depot.plan(query), '"staff"', '"climate"')) ?? '', /climate/);
  });

  it('finds a field that the subgraph knows, but does not resolve', () => {
    const query = '{parcel(id:"x1"){lines{name}}}';
    const spoilt = spoil(depot.plan(query), 'lines{name}', 'lines{name} weight');
    assert.equal(depot.verify(query, spoilt), '"billing" cannot be asked for "weight" of Parcel');
  });

  it('finds a representation without a key of the subgraph', () => {
    const query = '{depots{manager{name}}}';
    const spoilt = spoil(depot.plan(query), /"name":"code"/, '"name":"doors"');
    assert.ok(depot.verify(query, spoilt) !== undefined);
  });

  it('finds a representation without what a field requires', () => {
    const query = '{depots{area}}';
    const spoilt = spoil(depot.plan(query), /,{"kind":"Field","name":"size"[^\]]*\]}/, '');
    assert.equal(depot.verify(query, spoilt), '"staff" cannot be asked for "area" of Depot');
  });

  it('finds a requirement that is not fetched before', () => {
    const query = '{depots{area}}';
    const spoilt = spoil(depot.plan(query), 'size{width height}', 'size{width}');
    assert.match(depot.verify(query, spoilt) ?? '', /hold Size.height, which is not known by then/);
  });

  it('finds the wrong plan of another planner', async () => {
    const query = '{rated{...on Tape{shelfmark} ...on Book{headline}}}';
    const plan = await createNativePlanner(library.sdl, new Set()).plan(library.asked(query));
    assert.ok(library.verify(query, plan) !== undefined);
    assert.equal(library.verify(query, library.plan(query)), undefined);
  });

  it('finds that nobody told the types of an interface object', () => {
    const query = '{archived{...on Book{pages}}}';
    const spoilt = spoil(library.plan(query), /\.\.\.on Media{__typename /, '...on Media{');
    assert.ok(library.verify(query, spoilt) !== undefined);
  });
});
