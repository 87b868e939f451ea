import { graphql } from './generated/gql.ts';
import type { ShopClientOptions } from './shop-client.ts';
import { createShopClient } from './shop-client.ts';

const ProductPage = graphql(`
  query ProductPage($id: ID!) {
    product(id: $id) {
      name
      price {
        amount
        currency
      }
      availability {
        level
        available
      }
      averageRating
      reviews(first: 3) {
        rating
        body
        author {
          fullName
        }
      }
    }
  }
`);

/** One product as a page of text: catalog, inventory, reviews, accounts and local code in one query. */
export async function renderProductPage(url: string, id: string, options?: ShopClientOptions): Promise<string> {
  const query = createShopClient(url, options);
  const { data, errors } = await query(ProductPage, { id });
  const product = data?.product;
  if (!product) return errors?.[0]?.message ?? `There is no product "${id}"`;

  const { amount, currency } = product.price;
  const lines = [
    `${product.name}: ${amount.toFixed(2)} ${currency}`,
    product.availability ? `${product.availability.available} available` : 'not kept in stock',
    product.averageRating == null ? 'no reviews' : `${product.averageRating.toFixed(1)} of 5`,
  ];
  for (const { rating, body, author } of product.reviews) {
    lines.push(`${'★'.repeat(rating)} ${body} (${author?.fullName ?? 'somebody'})`);
  }
  return lines.join('\n');
}
