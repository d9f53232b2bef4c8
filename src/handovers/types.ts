import type { components } from '../contract/api.ts';

/** Cash that a field officer carries to people, and what became of it. */
export type Advance = components['schemas']['Advance'];

/** What an officer asks for. */
export type NewAdvance = components['schemas']['NewAdvance'];

/** How it is proved that somebody had the cash. */
export type HandDelivery = components['schemas']['HandDelivery'];

/** Cash that came back. */
export type AdvanceReturn = components['schemas']['AdvanceReturn'];
