import { GraphQLError } from 'graphql';
import type { QuestionRecord, ReviewRecord } from '../../examples/data/reviews.ts';
import type { Resolvers } from '../../examples/services/executable-schema.ts';
import {
  fromRecord,
  type MonolithContext,
  type ProductNode,
  type ReviewNode,
  type ShopWorld,
  take,
  type UserNode,
} from './shop-world.ts';

type Page = { first: number };
type ReviewFilter = Page & { minRating?: number | null; verified?: boolean | null };
type ReviewOrder = 'NEWEST' | 'OLDEST' | 'BEST' | 'WORST';
type Dated = { id: string; createdAt: string };

export function reviewsResolvers(world: ShopWorld): Resolvers<MonolithContext> {
  const { reviews, questions } = world.data;
  const toNode = ({ id }: ReviewRecord) => world.review(id);
  const byNewest = (items: readonly ReviewRecord[]) => items.toSorted(compareNewest);
  const ofProduct = ({ id }: ProductNode) => reviews.filter(({ productId }) => productId === id);
  const ofUser = ({ id }: UserNode) => reviews.filter(({ authorId }) => authorId === id);
  const author = ({ authorId }: { authorId: string | null }) => (authorId === null ? null : world.user(authorId));

  return {
    Query: {
      review: (_, { id }: { id: string }) => (world.review(id).record === null ? null : world.review(id)),
      reviews: (_, { first, minRating, verified }: ReviewFilter) => {
        const matching = byNewest(reviews).filter(
          (review) =>
            (minRating == null || review.rating >= minRating) && (verified == null || review.verified === verified),
        );
        return take(matching, first).map(toNode);
      },
      feed: (_, { first }: Page) =>
        take([...reviews, ...questions].toSorted(compareNewest), first).map((content) =>
          'rating' in content ? toNode(content) : content,
        ),
    },
    Mutation: {
      addReview(_, { input }: { input: Pick<ReviewRecord, 'productId' | 'rating' | 'title' | 'body'> }, { identity }) {
        if (identity === null) {
          throw new GraphQLError('Only a user can review a product', { extensions: { code: 'UNAUTHENTICATED' } });
        }
        if (input.rating < 1 || input.rating > 5) {
          throw new GraphQLError(`A rating is 1 to 5, got ${input.rating}`, { extensions: { code: 'BAD_USER_INPUT' } });
        }
        const review: ReviewRecord = {
          id: `r${reviews.length + 1}`,
          authorId: identity.subject,
          createdAt: new Date().toISOString(),
          helpfulVotes: 0,
          verified: false,
          replies: [],
          productId: input.productId,
          rating: input.rating,
          title: input.title ?? null,
          body: input.body,
        };
        reviews.push(review);
        return toNode(review);
      },
    },
    User: {
      reviews: (user: UserNode, { first }: Page) =>
        user.id === null ? null : take(byNewest(ofUser(user)), first).map(toNode),
      reviewCount: (user: UserNode) => (user.id === null ? null : ofUser(user).length),
    },
    Product: {
      reviews: (product: ProductNode, { first, orderBy }: Page & { orderBy: ReviewOrder }) =>
        take(ofProduct(product).toSorted(COMPARE[orderBy]), first).map(toNode),
      reviewCount: (product: ProductNode) => ofProduct(product).length,
      averageRating(product: ProductNode) {
        const found = ofProduct(product);
        let sum = 0;
        for (const { rating } of found) sum += rating;
        return found.length === 0 ? null : sum / found.length;
      },
      ratingHistogram(product: ProductNode) {
        const counts = [0, 0, 0, 0, 0];
        for (const { rating } of ofProduct(product)) counts[rating - 1] = (counts[rating - 1] ?? 0) + 1;
        return counts;
      },
      questions: ({ id }: ProductNode) => questions.filter(({ productId }) => productId === id),
    },
    Content: { __resolveType: (content: ReviewNode | QuestionRecord) => ('record' in content ? 'Review' : 'Question') },
    Review: {
      ...fromRecord(['title', 'body', 'rating', 'createdAt', 'helpfulVotes', 'verified', 'replies']),
      author: ({ record }: ReviewNode) => record && author(record),
      product: ({ record }: ReviewNode) => record && world.product(record.productId),
    },
    Reply: { author },
    Question: { author, product: ({ productId }: QuestionRecord) => world.product(productId) },
  };
}

function compareNewest(a: Dated, b: Dated): number {
  return b.createdAt.localeCompare(a.createdAt) || a.id.localeCompare(b.id);
}

const COMPARE: Record<ReviewOrder, (a: ReviewRecord, b: ReviewRecord) => number> = {
  NEWEST: compareNewest,
  OLDEST: (a, b) => compareNewest(b, a),
  BEST: (a, b) => b.rating - a.rating || compareNewest(a, b),
  WORST: (a, b) => a.rating - b.rating || compareNewest(a, b),
};
