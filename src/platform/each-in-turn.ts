/**
 * Does something for each of many, one after the other. What goes wrong with one keeps no other from its turn, so it is not for work that
 * leaves off when the process ends.
 * @throws AggregateError with all that went wrong, after the last has had its turn
 */
export async function eachInTurn<One>(all: readonly One[], work: (one: One) => Promise<unknown>): Promise<void> {
  const errors: unknown[] = [];
  for (const one of all) {
    try {
      await work(one);
    } catch (error) {
      errors.push(error);
    }
  }
  // What they say themselves may quote a row, and whoever logs this leaves that out.
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} of ${all.length} failed`);
}
