import type { CategoryRecord, ProductRecord } from '../../examples/data/products.ts';
import type { Resolvers } from '../../examples/services/executable-schema.ts';
import { failRestCall, fromRecord, type MonolithContext, type ProductNode, type ShopWorld } from './shop-world.ts';

interface ProductFilter {
  category?: string | null;
  search?: string | null;
  status?: string | null;
  featured?: boolean | null;
  page: number;
  limit: number;
}

interface ProductInput {
  sku: string;
  name: string;
  price: ProductRecord['price'];
  description?: string | null;
}

export function catalogResolvers(world: ShopWorld): Resolvers<MonolithContext> {
  const { products, categories } = world.data;
  const toNode = ({ id }: ProductRecord) => world.product(id);
  const existing = (product: ProductRecord | undefined) => (product === undefined ? failRestCall() : toNode(product));

  return {
    Query: {
      product: (_, { id }: { id: string }) => existing(products.find((product) => product.id === id)),
      productBySku: (_, { sku }: { sku: string }) => existing(products.find((product) => product.sku === sku)),
      products(_, { category, search, status, featured, page, limit }: ProductFilter) {
        checkCount(page);
        checkCount(limit);
        const matching = products.filter(
          (product) =>
            (!category || product.categoryId === category) &&
            (!search || product.name.toLowerCase().includes(search.toLowerCase())) &&
            (status == null || product.status.toUpperCase() === status) &&
            (featured == null || product.featured === featured),
        );
        const start = (page - 1) * limit;
        return { items: matching.slice(start, start + limit).map(toNode), total: matching.length, page };
      },
      category: (_, { id }: { id: string }) => world.category(id) ?? failRestCall(),
      categories: () => categories,
    },
    Mutation: {
      createProduct(_, { input }: { input: ProductInput }) {
        const product: ProductRecord = {
          id: `p${products.length + 1}`,
          sku: input.sku,
          name: input.name,
          description: input.description ?? null,
          price: input.price,
          categoryId: null,
          status: 'active',
          tags: [],
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
        products.push(product);
        return toNode(product);
      },
      renameProduct(_, { id, name }: { id: string; name: string }) {
        const product = products.find((candidate) => candidate.id === id);
        if (product === undefined) return failRestCall();
        product.name = name;
        return toNode(product);
      },
    },
    Product: {
      ...fromRecord(
        [
          'sku',
          'name',
          'description',
          'gtin',
          'price',
          'tags',
          'views',
          'featured',
          'releaseDate',
          'weightGrams',
          'dimensions',
          'images',
        ],
        failRestCall,
      ),
      status: ({ record }: ProductNode) => (record ?? failRestCall()).status.toUpperCase(),
      category: ({ record }: ProductNode) => (record?.categoryId == null ? null : world.category(record.categoryId)),
      buyer: ({ record }: ProductNode) => (record?.buyerEmail == null ? null : world.userByEmail(record.buyerEmail)),
      related: ({ record }: ProductNode) => record?.relatedIds.map((id) => world.product(id)),
    },
    Category: {
      parent: ({ parentId }: CategoryRecord) => (parentId === null ? null : world.category(parentId)),
      products({ id }: CategoryRecord, { limit }: { limit: number }) {
        checkCount(limit);
        return products
          .filter(({ categoryId }) => categoryId === id)
          .slice(0, limit)
          .map(toNode);
      },
    },
  };
}

/** REST takes 1 to 1000, and answers 400 to others. */
function checkCount(count: number): void {
  if (count < 1 || count > 1000) failRestCall();
}
