import type { components } from '../contract/api.ts';

type Schemas = components['schemas'];

/** A pay-out as it is shown. */
export type Payout = Schemas['Payout'];

/** What an agent sends to hand over cash in one call. */
export type Redemption = Schemas['Redemption'];

/** How an agent finds a voucher. */
export type Locator = Redemption['locator'];

/** What an agent sends to look a voucher up. */
export type LookUpRequest = Schemas['LookUpRequest'];

/** Whom an agent calls, and how much it is. */
export type LookUp = Schemas['LookUp'];

/** What an agent is to mind, by name. */
export type Warning = LookUp['warnings'][number]['code'];

/** Who stood there, and what they showed. */
export type Confirmation = Schemas['Confirmation'];

/** The cash in front of an agent. */
export type Till = Schemas['Till'];

/** What an office holds. */
export type OfficeCash = Schemas['OfficeCash'];

/** Cash that is brought to an office or taken away. */
export type SafeMovement = Schemas['SafeMovement'];

/** What is counted of one note or coin. */
export type Pieces = Schemas['Pieces'];

/** What a person is handed beside the cash. */
export type Receipt = Schemas['Receipt'];

/** What the post asks for its work in a period. */
export type PostFee = Schemas['PostFee'];

/** An invoice as finance records it. */
export type NewPostFee = Schemas['NewPostFee'];
