import type { ProductRecord } from '../data/products.ts';
import { Problem } from './rest.ts';

type Currency = ProductRecord['price']['currency'];
type Status = ProductRecord['status'];

/** All that a client may set of a product: `sku`, `name` and `price` it must, the rest it may. */
export function readProduct(body: unknown): Required<Fields> {
  const fields = readFields(body);
  return {
    sku: fields.sku ?? missing('sku'),
    name: fields.name ?? missing('name'),
    price: fields.price ?? missing('price'),
    description: fields.description ?? null,
    categoryId: fields.categoryId ?? null,
    status: fields.status ?? 'active',
    tags: fields.tags ?? [],
  };
}

/** A product of which only what clients may set is known. */
export function createProduct(id: string, fields: Required<Fields>): ProductRecord {
  return {
    ...fields,
    id,
    weightGrams: null,
    dimensions: null,
    images: [],
    buyerEmail: null,
    relatedIds: [],
    releaseDate: null,
    gtin: '',
    views: 0,
    featured: false,
  };
}

/** Changes what `body` names. */
export function patchProduct(product: ProductRecord, body: unknown): ProductRecord {
  return Object.assign(product, readFields(body));
}

type Fields = Partial<Pick<ProductRecord, 'sku' | 'name' | 'price' | 'description' | 'categoryId' | 'status' | 'tags'>>;

function readFields(body: unknown): Fields {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new Problem(400, 'Expected an object');
  const fields: Fields = {};
  for (const [name, value] of Object.entries(body)) {
    if (name === 'sku' || name === 'name') fields[name] = isText(value) ? value : wrong(name);
    else if (name === 'description') fields.description = value === null || isText(value) ? value : wrong(name);
    else if (name === 'category_id') fields.categoryId = value === null || isText(value) ? value : wrong(name);
    else if (name === 'price') fields.price = isPrice(value) ? value : wrong(name);
    else if (name === 'status') fields.status = isStatus(value) ? value : wrong(name);
    else if (name === 'tags') fields.tags = Array.isArray(value) && value.every(isText) ? value : wrong(name);
    else throw new Problem(422, `A product has no "${name}" that a client may set`);
  }
  return fields;
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isStatus = (value: unknown): value is Status => ['active', 'preorder', 'discontinued'].includes(value as string);

function isPrice(value: unknown): value is { amount: number; currency: Currency } {
  const { amount, currency } = (value ?? {}) as Record<string, unknown>;
  return typeof amount === 'number' && amount >= 0 && ['EUR', 'USD', 'JPY'].includes(currency as string);
}

function missing(name: string): never {
  throw new Problem(422, `A product needs "${name}"`);
}

function wrong(name: string): never {
  throw new Problem(422, `"${name}" has a value that it cannot have`);
}
