/** An amount as it stands in the API. */
export interface Amount {
  readonly amount: string;
  readonly currency: string;
}

/** Money that a donor gave for one programme under one agreement. */
export interface Fund {
  readonly id: string;
  readonly programmeId: string;
  readonly donor: string;
  readonly agreement: string;
  readonly received: Amount;
  readonly createdAt: string;
}

/** Money that arrived from the donor. */
export interface Contribution {
  readonly id: string;
  readonly fundId: string;
  readonly amount: Amount;
  readonly receivedOn: string;
  readonly reference: string;
  readonly recordedAt: string;
}
