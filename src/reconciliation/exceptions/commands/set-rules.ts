import { brokenConstraint, command, type ProblemPlace, problem } from '../../../platform/index.ts';
import { programmeById } from '../../../programmes/index.ts';
import { whoMayResolve } from '../people.ts';
import { type ExceptionSettings, insertSettings, settingsOf } from '../settings-store.ts';

export interface NewSettings {
  readonly programmeId: string;
  readonly reason: string;
  /** What is not named is as usual. */
  readonly kinds: readonly {
    readonly kind: ExceptionSettings['kinds'][number]['kind'];
    readonly ownerId?: string | null;
    readonly dueDays: number;
  }[];
  /** The version that the caller read; 0 when there was none. */
  readonly version: number;
}

/**
 * Says who deals with exceptions of each kind and within how many days: a new version of the whole, for exceptions opened from now on.
 * @throws not_found; conflict when it has changed since; unprocessable for a kind named twice, or an owner who could not resolve it
 */
export const setExceptionRules = command<NewSettings, ExceptionSettings>({
  name: 'reconciliation.set_exception_rules',
  async scope(db, { programmeId }) {
    await programmeById(db, programmeId);
    return { programme: programmeId };
  },
  async run({ tx, actor, now }, { programmeId, reason, kinds: given, version }) {
    const before = await settingsOf(tx, programmeId);
    if (before.version !== version) throw changed();
    const kinds = given.map(({ ownerId = null, ...kind }) => ({ ...kind, ownerId }));
    const owners = kinds.flatMap(({ ownerId }) => ownerId ?? []);
    const fit = await whoMayResolve(tx, programmeId, owners, now);
    const faults = kinds.flatMap(({ kind, ownerId }, i): ProblemPlace[] => [
      ...(kinds.findIndex((other) => other.kind === kind) < i ? [{ pointer: `/kinds/${i}/kind`, detail: 'The kind is named twice.' }] : []),
      ...(ownerId && !fit.has(ownerId) ? [{ pointer: `/kinds/${i}/ownerId`, detail: 'This person could not resolve it.' }] : []),
    ]);
    if (faults.length > 0) throw problem.unprocessable('The settings break a rule.', {}, faults);
    await insertSettings(tx, { programmeId, version: version + 1, reason, kinds }, actor.id, now).catch((error: unknown) => {
      throw brokenConstraint(error) === 'exception_settings_version_once' ? changed() : error;
    });
    const after = await settingsOf(tx, programmeId);
    return { result: after, subject: { type: 'exception_settings', id: programmeId }, before, after, reason };
  },
});

const changed = () => problem.conflict('Somebody changed the settings meanwhile. Read them again.');
