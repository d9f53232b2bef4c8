import { defineProblems, type Problem } from '../platform/index.ts';

export const offlineProblem = defineProblems({
  voucher_bound: [409, 'The voucher is out with an office that has no network'],
  pack_beyond_limits: [409, 'More than may be out at an office without a network'],
  pack_in_other_state: [409, 'The pack is in a state in which this is not done'],
  pack_not_whole: [409, 'The device has not reported everything'],
  device_without_keys: [409, 'The device has no keys that a pack could be locked with'],
  device_holds_pack: [409, 'The device holds a pack already'],
  file_being_made: [429, 'The file of this pack is being made already'],
  too_much_unsigned: [409, 'Too much was sent that the device has not signed'],
  conflict_not_payable: [409, 'The voucher cannot be paid any more'],
});

const refusals: Readonly<Record<string, () => Problem>> = {
  vouchers_bound: () =>
    offlineProblem.voucher_bound('It may have been paid there already. Wait until its pack has ended, or have the pack closed.'),
};

/** What to answer where something was tried on a voucher that is bound to a pack, by the constraint. */
export const offlineRefusal = (constraint: string): Problem | undefined => refusals[constraint]?.();
