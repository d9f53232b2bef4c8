import { beginAgainOn } from '../platform/index.ts';

/** For a withdrawal that meets a list: an instalment came onto one at the same moment, and is found there. */
export const listedMeanwhile = beginAgainOn(['instalments_withdrawn_off_lists'], 'an instalment came onto a list meanwhile');
