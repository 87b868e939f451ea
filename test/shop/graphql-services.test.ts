import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Shop, startShop } from '../../examples/shop.ts';
import { postGraphql } from './post-graphql.ts';

describe('the GraphQL services of the shop', () => {
  let shop: Shop;
  let token: string;
  before(async () => {
    shop = await startShop();
    token = await shop.issuer.issueToken({ subject: 'u2' });
  });
  after(() => shop.close());

  it('resolve references by each key, to null where there is nothing', async () => {
    const { data } = await postGraphql(
      shop.services.accounts.url,
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { id username } } }',
      {
        r: [
          { __typename: 'User', id: 'u12' },
          { __typename: 'User', email: 'zoe@shop.example' },
          { __typename: 'User', id: 'u99' },
        ],
      },
    );
    assert.deepEqual(data, {
      _entities: [{ id: 'u12', username: 'alan' }, { id: 'u2', username: 'zoe' }, null],
    });
  });

  it('refuse references to types that they do not resolve', async () => {
    const { errors } = await postGraphql(
      shop.services.orders.url,
      '{ _entities(representations: [{ __typename: "Product", id: "p1" }]) { __typename } }',
    );
    assert.deepEqual(errors?.[0]?.path, ['_entities', 0]);
  });

  it('know the caller by a token of the issuer, and by no other', async () => {
    const ask = (bearer?: string) => postGraphql(shop.services.accounts.url, '{ me { id } }', {}, bearer);
    assert.deepEqual((await ask(token)).data, { me: { id: 'u2' } });
    assert.deepEqual((await ask()).data, { me: null });
    assert.deepEqual((await ask(`${token.slice(0, -4)}AAAA`)).data, { me: null });
  });

  it('answer lookups by lists of ids in the order of the list', async () => {
    const { data } = await postGraphql(
      shop.services.reviews.url,
      '{ productsByIds(ids: ["p3", "p99", "p1"]) { id reviewCount } reviewAuthorsByIds(ids: ["u3"]) { id } }',
    );
    assert.deepEqual(data, {
      productsByIds: [
        { id: 'p3', reviewCount: 5 },
        { id: 'p99', reviewCount: 1 },
        { id: 'p1', reviewCount: 0 },
      ],
      reviewAuthorsByIds: [{ id: 'u3' }],
    });
  });

  it('place an order, count it, and cancel it', async () => {
    const ask = (query: string) => postGraphql(shop.services.orders.url, query, {}, token);
    const placed = await ask(
      'mutation { placeOrder(input: { items: [{ productId: "p3", quantity: 2 }] }) { ... on OrderPlaced { order { id status total { amount } } } } }',
    );
    assert.deepEqual(placed.data, {
      placeOrder: { order: { id: 'o51', status: 'PENDING', total: { amount: 70.48 } } },
    });
    const cancelled = await ask('mutation { cancelOrder(id: "o51", reason: "Changed my mind") { status note } }');
    assert.deepEqual(cancelled.data, { cancelOrder: { status: 'CANCELLED', note: 'Changed my mind' } });
  });

  it('tell by a union what keeps an order from being placed', async () => {
    const ask = (items: string) =>
      postGraphql(
        shop.services.orders.url,
        `mutation { placeOrder(input: { items: ${items} }) {
          __typename ... on OutOfStock { available } ... on InvalidOrder { problems { field } } } }`,
        {},
        token,
      );
    assert.deepEqual((await ask('[]')).data, {
      placeOrder: { __typename: 'InvalidOrder', problems: [{ field: 'items' }] },
    });
    assert.deepEqual((await ask('[{ productId: "p99" }]')).data, {
      placeOrder: { __typename: 'InvalidOrder', problems: [{ field: 'items.0.productId' }] },
    });
    assert.deepEqual((await ask('[{ productId: "p1", quantity: 101 }]')).data, {
      placeOrder: { __typename: 'OutOfStock', available: 100 },
    });
  });

  it('send a new review to those who subscribed to its product', async () => {
    const leave = new AbortController();
    const response = await fetch(shop.services.reviews.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: 'subscription { reviewAdded(productId: "p2") { rating product { id } } }' }),
      signal: leave.signal,
    });
    assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
    for (const productId of ['p1', 'p2']) {
      const add = 'mutation ($id: ID!) { addReview(input: { productId: $id, rating: 4 }) { id } }';
      await postGraphql(shop.services.reviews.url, add, { id: productId }, token);
    }
    const events = response.body?.pipeThrough(new TextDecoderStream()) ?? [];
    let received = '';
    for await (const text of events) {
      received += text;
      if (received.includes('event: next')) break;
    }
    leave.abort();
    assert.match(received, /"reviewAdded":\{"rating":4,"product":\{"id":"p2"\}\}/);
  });

  it('refuse a review of nobody', async () => {
    const add = 'mutation { addReview(input: { productId: "p1", rating: 4 }) { id } }';
    const { errors } = await postGraphql(shop.services.reviews.url, add);
    assert.equal(errors?.[0]?.extensions?.code, 'UNAUTHENTICATED');
  });
});
