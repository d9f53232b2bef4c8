/** Of which programme a view is, and of which moment. */
export interface View<Row> {
  readonly programmeId: string;
  /** ISO 4217; every amount of the view is in it, where its row says no other. */
  readonly currency: string;
  readonly asOf: string;
  readonly rows: Row[];
}

/** What a view is narrowed to; what is left out narrows nothing. Days are the programme's, both included. */
export interface Narrowed {
  readonly listId?: string;
  readonly fundId?: string;
  readonly wilayaNumber?: string;
  readonly officeId?: string;
  readonly gatewayId?: string;
  readonly from?: string;
  readonly to?: string;
}

/** How a view is wanted. */
export type Format = 'json' | 'csv';
