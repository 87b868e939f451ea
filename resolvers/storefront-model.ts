/** The first page of one customer; its fields are looked up when they are asked for. */
export interface StorefrontModel {
  /** `null`: nobody in particular. */
  readonly customerId: string | null;
}
