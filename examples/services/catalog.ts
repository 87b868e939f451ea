import { readFileSync } from 'node:fs';
import type { CategoryRecord, ProductRecord } from '../data/products.ts';
import { createShopData } from '../data/shop-data.ts';
import type { ServiceOptions } from './graphql-service.ts';
import { listen, type Service } from './listen.ts';
import { createProduct, patchProduct, readProduct } from './product-body.ts';
import { createRestHandler, Problem } from './rest.ts';
import { runAlone } from './run-alone.ts';

const OPENAPI: unknown = JSON.parse(readFileSync(new URL('./catalog.openapi.json', import.meta.url), 'utf8'));

/** What the shop sells: a REST service, described by `catalog.openapi.json`. */
export function startCatalog({ port = 0 }: ServiceOptions = {}): Promise<Service> {
  const { products, categories } = createShopData();
  let lastId = products.length;
  const find = (id: string) =>
    products.find((product) => product.id === id) ?? fail(404, `There is no product "${id}"`);
  const ordered = (ids: readonly string[]) =>
    ids.flatMap((id) => products.find((product) => product.id === id) ?? []).map(writeProduct);

  const handler = createRestHandler(
    {
      'GET /openapi.json': () => ({ body: OPENAPI }),
      'GET /products': ({ query }) => {
        const ids = query.get('ids');
        if (ids) return { body: { data: ordered(ids.split(',')) } };
        const page = readCount(query, 'page', 1);
        const limit = readCount(query, 'limit', 20);
        const matching = products.filter(matches(query));
        const data = matching.slice((page - 1) * limit, page * limit).map(writeProduct);
        return { body: { data, meta: { page, limit, total: matching.length } } };
      },
      'POST /products/batch': ({ body }) => ({ body: { data: ordered(readIds(body)) } }),
      'POST /products': ({ body }) => {
        const product = createProduct(`p${++lastId}`, readProduct(body));
        products.push(product);
        return { status: 201, body: writeProduct(product), headers: { location: `/products/${product.id}` } };
      },
      'GET /products/by-sku/{sku}': ({ params }) => {
        const product = products.find(({ sku }) => sku === params.sku);
        return { body: writeProduct(product ?? fail(404, `There is no product with SKU "${params.sku}"`)) };
      },
      'GET /products/{id}': ({ params }) => ({ body: writeProduct(find(params.id as string)) }),
      'PUT /products/{id}': ({ params, body }) => {
        const product = find(params.id as string);
        return { body: writeProduct(Object.assign(product, readProduct(body))) };
      },
      'PATCH /products/{id}': ({ params, body }) => ({
        body: writeProduct(patchProduct(find(params.id as string), body)),
      }),
      'DELETE /products/{id}': ({ params }) => {
        products.splice(products.indexOf(find(params.id as string)), 1);
        return { status: 204 };
      },
      'GET /categories': () => ({ body: { data: categories.map(writeCategory) } }),
      'GET /categories/{id}': ({ params }) => {
        const category = categories.find(({ id }) => id === params.id);
        return { body: writeCategory(category ?? fail(404, `There is no category "${params.id}"`)) };
      },
    },
    { maxAgeS: 60 },
  );
  return listen(handler, { port });
}

/** A parameter that is empty counts as absent. */
function matches(query: URLSearchParams): (product: ProductRecord) => boolean {
  const category = query.get('category');
  const text = query.get('q')?.toLocaleLowerCase();
  const status = query.get('status')?.toLowerCase();
  const featured = query.get('featured');
  return (product) =>
    (!category || product.categoryId === category) &&
    (!text || product.name.toLocaleLowerCase().includes(text)) &&
    (!status || product.status === status) &&
    (!featured || String(product.featured) === featured);
}

function readCount(query: URLSearchParams, name: string, absent: number): number {
  const text = query.get(name);
  if (!text) return absent;
  const count = Number(text);
  return Number.isInteger(count) && count >= 1 && count <= 1000
    ? count
    : fail(400, `"${name}" must be an integer from 1 to 1000, got "${text}"`);
}

function readIds(body: unknown): string[] {
  const ids = (body as { ids?: unknown } | null)?.ids;
  return Array.isArray(ids) && ids.every((id) => typeof id === 'string')
    ? ids
    : fail(400, 'Expected {"ids": ["p1", …]}');
}

function writeProduct(product: ProductRecord): object {
  const { weightGrams, dimensions, images, buyerEmail, categoryId, relatedIds, releaseDate, ...same } = product;
  return {
    ...same,
    category: reference(categoryId),
    release_date: releaseDate,
    related_ids: relatedIds,
    physical: {
      weight_grams: weightGrams,
      size: dimensions && {
        width_mm: dimensions.widthMm,
        height_mm: dimensions.heightMm,
        depth_mm: dimensions.depthMm,
      },
    },
    media: { images: images.map(({ url, alt, width, height }) => ({ href: url, alt, w: width, h: height })) },
    buyer: buyerEmail === null ? null : { email: buyerEmail },
  };
}

function writeCategory({ id, name, slug, parentId }: CategoryRecord): object {
  return { id, name, slug, parent: reference(parentId) };
}

const reference = (id: string | null) => id && { id };

function fail(status: number, message: string): never {
  throw new Problem(status, message);
}

await runAlone(import.meta, 'catalog', 4002, startCatalog);
