import type { RouteTransform } from '../src/index.ts';

/** What rules cannot say of products of version 2: tags are written in one way. */
const productsV2: RouteTransform = {
  request(request) {
    const product = request.body as { tags?: unknown } | undefined;
    if (!Array.isArray(product?.tags)) return;
    product.tags = product.tags.map((tag: unknown) => (typeof tag === 'string' ? tag.trim().toLowerCase() : tag));
  },
};

export default productsV2;
