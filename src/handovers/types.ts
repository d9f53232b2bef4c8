import type { components } from '../contract/api.ts';

/** Cash that a field officer carries to people, and what became of it. */
export type Advance = components['schemas']['Advance'];

/** What an officer asks for. */
export type NewAdvance = components['schemas']['NewAdvance'];

/** How it is proved that somebody had the cash. */
export type HandDelivery = components['schemas']['HandDelivery'];

/** A voucher that came off its round. */
export type Removal = components['schemas']['Removal'];

/** A delivery by hand, and what its witness says of it. */
export type HandDelivered = components['schemas']['HandDelivered'];

/** What a witness answers. */
export type WitnessAnswer = components['schemas']['WitnessAnswer'];

/** Cash that came back. */
export type AdvanceReturn = components['schemas']['AdvanceReturn'];
