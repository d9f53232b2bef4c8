import type { GatewayChange, GatewayRecord } from './types.ts';

type Hands = Pick<GatewayRecord, 'enabled' | 'changedBy' | 'enabledBy'>;

/**
 * Whether a gateway is switched on after a change, and who has had a hand in where messages go. Other settings, credentials or another place switch it
 * off until somebody enables it who has had none; the database refuses anybody else. Whoever gives the settings gives everything anew, and is alone
 * its maker; who changes a part of what nobody has confirmed yet stands beside who made the rest.
 */
export function handsAfter(before: GatewayRecord, { settings, credentials, position, enabled }: GatewayChange, by: string): Hands {
  const isOther = settings !== undefined || credentials !== undefined || (position !== undefined && position !== before.position);
  const isAlone = settings !== undefined || before.enabledBy !== null;
  const changedBy = !isOther ? before.changedBy : isAlone ? [by] : [...new Set([...before.changedBy, by])];
  const confirmedBy = isOther ? null : before.enabledBy;
  const isEnabled = enabled ?? (before.enabled && !isOther);
  const isEnabling = isEnabled && (isOther || !before.enabled);
  return { enabled: isEnabled, changedBy, enabledBy: isEnabling ? by : confirmedBy };
}
