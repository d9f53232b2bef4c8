import type { components } from '../contract/api.ts';

/** How much may be out at an office without a network. */
export type OfflineLimits = components['schemas']['OfflineLimits'];
export type NewOfflineLimits = components['schemas']['NewOfflineLimits'];

/** Vouchers that one office, device and agent can pay, and what became of them. */
export type OfflinePack = components['schemas']['OfflinePack'];
export type NewOfflinePack = components['schemas']['NewOfflinePack'];
export type OfflinePackState = components['schemas']['OfflinePackState'];

/** What has become of a report. */
export type OfflineSync = components['schemas']['OfflineSync'];

/** What a device reported and could not be booked. */
export type OfflineConflict = components['schemas']['OfflineConflict'];
export type OfflineReason = components['schemas']['OfflineReason'];
export type OfflineResolution = components['schemas']['OfflineResolution'];
