import { brokenConstraint, RetryTransaction } from '../platform/index.ts';

/**
 * For a withdrawal that failed: where an instalment came onto a payment list at the same moment, the command begins anew and finds it there.
 * @throws RetryTransaction then, and otherwise what was thrown
 */
export function listedMeanwhile(error: unknown): never {
  throw brokenConstraint(error) === 'instalments_withdrawn_off_lists'
    ? new RetryTransaction('an instalment came onto a list meanwhile')
    : error;
}
