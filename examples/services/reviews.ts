import { readFileSync } from 'node:fs';
import { GraphQLError, parse } from 'graphql';
import { createPubSub } from 'graphql-yoga';
import type { QuestionRecord, ReviewRecord } from '../data/reviews.ts';
import { createShopData } from '../data/shop-data.ts';
import { buildExecutableSchema } from './executable-schema.ts';
import { type CallContext, type ServiceOptions, serveGraphql } from './graphql-service.ts';
import type { Service } from './listen.ts';
import { runAlone } from './run-alone.ts';
import { DateTime } from './scalars.ts';

const SDL = readFileSync(new URL('./reviews.graphql', import.meta.url), 'utf8');

type ById = { id: string };
type Page = { first: number };
type ReviewOrder = 'NEWEST' | 'OLDEST' | 'BEST' | 'WORST';

/** What customers write of products: a GraphQL service that knows nothing of federation. */
export function startReviews(options: ServiceOptions = {}): Promise<Service> {
  const { reviews, questions } = createShopData();
  const events = createPubSub<{ reviewAdded: [review: ReviewRecord] }>();
  const byNewest = (items: readonly ReviewRecord[]) => items.toSorted(compareNewest);
  const reviewsOfProduct = (product: ById) => reviews.filter(({ productId }) => productId === product.id);
  const reviewsOfUser = (user: ById) => reviews.filter(({ authorId }) => authorId === user.id);
  const references = {
    author: ({ authorId }: { authorId: string | null }) => authorId && { id: authorId },
    product: ({ productId }: { productId: string }) => ({ id: productId }),
  };

  const schema = buildExecutableSchema<CallContext>(parse(SDL), {
    DateTime,
    Query: {
      review: (_, { id }: ById) => reviews.find((review) => review.id === id) ?? null,
      reviews: (_, { first, minRating, verified }: Page & { minRating?: number | null; verified?: boolean | null }) =>
        byNewest(reviews)
          .filter((review) => review.rating >= (minRating ?? 0) && (verified == null || review.verified === verified))
          .slice(0, Math.max(0, first)),
      feed: (_, { first }: Page) => [...reviews, ...questions].sort(compareNewest).slice(0, Math.max(0, first)),
      reviewAuthorsByIds: (_, { ids }: { ids: string[] }) => ids.map((id) => ({ id })),
      productsByIds: (_, { ids }: { ids: string[] }) => ids.map((id) => ({ id })),
    },
    Mutation: {
      addReview(_, { input }: { input: AddReviewInput }, { caller }) {
        if (caller === null) {
          throw new GraphQLError('Only a user can review a product', { extensions: { code: 'UNAUTHENTICATED' } });
        }
        if (input.rating < 1 || input.rating > 5) {
          throw new GraphQLError(`A rating is 1 to 5, got ${input.rating}`, { extensions: { code: 'BAD_USER_INPUT' } });
        }
        const review: ReviewRecord = {
          id: `r${reviews.length + 1}`,
          productId: input.productId,
          authorId: caller.subject,
          rating: input.rating,
          title: input.title ?? null,
          body: input.body,
          createdAt: new Date().toISOString(),
          helpfulVotes: 0,
          verified: false,
          replies: [],
        };
        reviews.push(review);
        events.publish('reviewAdded', review);
        return review;
      },
    },
    User: {
      reviews: (user: ById, { first }: Page) => byNewest(reviewsOfUser(user)).slice(0, Math.max(0, first)),
      reviewCount: (user: ById) => reviewsOfUser(user).length,
    },
    Product: {
      reviews: (product: ById, { first, orderBy }: Page & { orderBy: ReviewOrder }) =>
        reviewsOfProduct(product).sort(COMPARE[orderBy]).slice(0, Math.max(0, first)),
      reviewCount: (product: ById) => reviewsOfProduct(product).length,
      averageRating(product: ById) {
        const ratings = reviewsOfProduct(product).map(({ rating }) => rating);
        return ratings.length === 0 ? null : ratings.reduce((sum, rating) => sum + rating, 0) / ratings.length;
      },
      ratingHistogram: (product: ById) =>
        [1, 2, 3, 4, 5].map((stars) => reviewsOfProduct(product).filter(({ rating }) => rating === stars).length),
      questions: (product: ById) => questions.filter(({ productId }) => productId === product.id),
    },
    Content: {
      __resolveType: (content: ReviewRecord | QuestionRecord) => ('rating' in content ? 'Review' : 'Question'),
    },
    Review: references,
    Reply: { author: references.author },
    Question: references,
  });
  const reviewAdded = schema.getSubscriptionType()?.getFields().reviewAdded;
  if (reviewAdded === undefined) throw new Error('Cannot start reviews: its schema has no Subscription.reviewAdded');
  reviewAdded.subscribe = (_, { productId }) => ofProduct(events.subscribe('reviewAdded'), productId as string | null);
  reviewAdded.resolve = (review) => review;
  return serveGraphql(schema, options);
}

interface AddReviewInput {
  productId: string;
  rating: number;
  title?: string | null;
  body: string;
}

type Dated = { id: string; createdAt: string };
const compareNewest = (a: Dated, b: Dated) => b.createdAt.localeCompare(a.createdAt) || a.id.localeCompare(b.id);
const COMPARE: Record<ReviewOrder, (a: ReviewRecord, b: ReviewRecord) => number> = {
  NEWEST: compareNewest,
  OLDEST: (a, b) => compareNewest(b, a),
  BEST: (a, b) => b.rating - a.rating || compareNewest(a, b),
  WORST: (a, b) => a.rating - b.rating || compareNewest(a, b),
};

async function* ofProduct(reviews: AsyncIterable<ReviewRecord>, productId: string | null | undefined) {
  for await (const review of reviews) if (productId == null || review.productId === productId) yield review;
}

await runAlone(import.meta, 'reviews', 4004, startReviews);
