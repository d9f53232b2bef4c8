import { separationOfDuties } from '../../access/index.ts';
import { say as sayOfCash } from '../../cashout/index.ts';
import { brokenConstraint, command, newId, type Problem, type ProblemPlace, problem, RetryTransaction } from '../../platform/index.ts';
import { isSerial } from '../../vouchers/index.ts';
import { beginningOf } from '../device/entry.ts';
import { offlineProblem } from '../problems.ts';
import { findDevice, isAgentAt } from '../store/devices.ts';
import { countOut, limitsAt } from '../store/limits.ts';
import { insertPack, packById } from '../store/packs.ts';
import { bind, bindable } from '../store/vouchers.ts';
import type { NewOfflinePack, OfflinePack } from '../types.ts';
import { say } from '../words.ts';
import { readCash } from './limits.ts';

const HOUR_MS = 3_600_000;

interface Preparing extends NewOfflinePack {
  readonly programmeId: string;
  /** The base-two logarithm of what one guess at a code costs. */
  readonly workFactor: number;
}

/**
 * Binds vouchers to an office, a device and an agent: from then on they pay nowhere else until the pack has ended.
 * @throws separation_of_duties to the agent who would pay; device_without_keys; device_holds_pack; pack_beyond_limits; unprocessable, naming each
 *   serial that cannot go out, or when none can
 */
export const preparePack = command<Preparing, OfflinePack>({
  name: 'offline.prepare',
  scope: (_db, { officeId, programmeId }) => ({ office: officeId, programme: programmeId }),
  async run(
    { tx, actor, now },
    { officeId, programmeId, deviceId, agentId, startsAt, hours, cashLimit: given, vouchers: wanted, workFactor },
  ) {
    if (agentId === actor.id) throw separationOfDuties('offline_packs_agent_is_another');
    const limits = await limitsAt(tx, programmeId, officeId);
    if (!limits) throw offlineProblem.pack_beyond_limits(say('offline_limits_missing'));
    const cashLimit = readCash(given, limits.maxCash.currency, '/cashLimit');
    const left = limits.maxVouchers - (await countOut(tx, programmeId, officeId));
    if (hours > limits.maxHours || left <= 0) throw beyond(limits);
    const device = await findDevice(tx, deviceId);
    if (device?.officeId !== officeId || !(await isAgentAt(tx, agentId, officeId, now)))
      throw unfit([
        device?.officeId === officeId
          ? { pointer: '/agentId', detail: say('pack_agent_unfit') }
          : { pointer: '/deviceId', detail: say('pack_device_unfit') },
      ]);
    if (device.keyVersion === null) throw offlineProblem.device_without_keys(say('device_without_keys'));
    const start = startsAt === undefined ? now : new Date(startsAt);
    const endsAt = new Date(start.getTime() + hours * HOUR_MS);
    if (endsAt <= now) throw unfit([{ pointer: '/startsAt', detail: say('pack_over_already') }]);
    const asked = 'serials' in wanted ? wanted.serials.length : left;
    if (asked > left) throw beyond(limits);
    const found = await bindable(tx, now, { programmeId, agentId, endsAt }, wanted, asked);
    if ('serials' in wanted) refuseMissing(wanted.serials, new Set(found.map(({ serial }) => serial)));
    const ofCurrency = found.filter(({ currency }) => currency === cashLimit.currency);
    if (ofCurrency.length === 0)
      throw problem.unprocessable(say('pack_empty'), {}, [{ pointer: '/vouchers', detail: say('pack_vouchers_unfit') }]);
    const id = newId();
    const pack = {
      id,
      programmeId,
      officeId,
      deviceId,
      agentId,
      preparedBy: actor.id,
      preparedAt: now,
      startsAt: start,
      endsAt,
      graceEndsAt: new Date(endsAt.getTime() + limits.graceHours * HOUR_MS),
      voucherCount: ofCurrency.length,
      cashLimit,
      workFactor,
      beginning: await beginningOf(id),
    };
    const ids = ofCurrency.map((voucher) => voucher.id);
    try {
      await insertPack(tx, pack);
      await bind(tx, id, ids);
    } catch (error) {
      throw refusalOf(error, limits);
    }
    const result = await packById(tx, id);
    return {
      result,
      subject: { type: 'offline_pack', id },
      after: { ...result, vouchers: ids.toSorted() },
      others: ids.map((voucherId) => ({ subject: { type: 'voucher', id: voucherId }, after: { boundTo: id } })),
    };
  },
});

const unfit = (faults: readonly ProblemPlace[]): Problem => problem.unprocessable(say('pack_unfit'), {}, faults);

const beyond = ({
  maxVouchers,
  maxHours,
  maxCash,
}: {
  maxVouchers: number;
  maxHours: number;
  maxCash: { amount: string; currency: string };
}): Problem =>
  offlineProblem.pack_beyond_limits(say('pack_beyond_limits', { vouchers: maxVouchers, ...maxCash, hours: maxHours }), {
    maxVouchers,
    maxHours,
    maxCash: maxCash.amount,
  });

function refusalOf(error: unknown, limits: Parameters<typeof beyond>[0]): unknown {
  const broken = brokenConstraint(error);
  if (broken === 'offline_packs_within_limits') return beyond(limits);
  if (broken === 'offline_packs_one_for_device') return offlineProblem.device_holds_pack(say('device_holds_pack'));
  if (broken === 'offline_bindings_once' || broken === 'offline_bindings_payable')
    return new RetryTransaction('a voucher was paid or bound meanwhile');
  return error;
}

/** @throws unprocessable */
function refuseMissing(serials: readonly string[], found: ReadonlySet<string>): void {
  const faults = serials.flatMap((serial, i) => {
    const pointer = `/vouchers/serials/${i}`;
    if (serials.indexOf(serial) < i) return [{ pointer, detail: sayOfCash('serial_twice') }];
    if (!isSerial(serial)) return [{ pointer, detail: sayOfCash('serial_mistyped') }];
    return found.has(serial) ? [] : [{ pointer, detail: say('pack_serial_unfit') }];
  });
  if (faults.length > 0) throw unfit(faults);
}
