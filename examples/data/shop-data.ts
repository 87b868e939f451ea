import { ORDERS, type OrderRecord } from './orders.ts';
import { CATEGORIES, type CategoryRecord, PRODUCTS, type ProductRecord } from './products.ts';
import { QUESTIONS, type QuestionRecord, REVIEWS, type ReviewRecord } from './reviews.ts';
import { STOCK, type StockRecord, WAREHOUSES, type WarehouseRecord } from './stock.ts';
import { USERS, type UserRecord } from './users.ts';

/** The shop's records; each holder changes its own copy. */
export interface ShopData {
  users: UserRecord[];
  categories: CategoryRecord[];
  products: ProductRecord[];
  warehouses: WarehouseRecord[];
  stock: StockRecord[];
  reviews: ReviewRecord[];
  questions: QuestionRecord[];
  orders: OrderRecord[];
}

export function createShopData(): ShopData {
  return structuredClone({
    users: USERS as UserRecord[],
    categories: CATEGORIES as CategoryRecord[],
    products: PRODUCTS as ProductRecord[],
    warehouses: WAREHOUSES as WarehouseRecord[],
    stock: STOCK as StockRecord[],
    reviews: REVIEWS as ReviewRecord[],
    questions: QUESTIONS as QuestionRecord[],
    orders: ORDERS as OrderRecord[],
  });
}
