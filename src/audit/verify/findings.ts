/** Everything that verifying can find in the trail, and what each means. */
export const trailFindings = {
  event_changed: 'an event is not what was sealed',
  event_missing: 'an event that was sealed is gone',
  event_added: 'an event stands in the trail that was not sealed in its time',
  order_changed: 'events stand in another order than they were sealed in',
  leaf_changed: 'a leaf of the tree was changed; its event was not',
  node_changed: 'a stored node of the tree is not what its leaves make',
  head_changed: 'a head says something else than the note that was signed',
  head_forked: 'a head that was signed is not one of this tree',
  head_missing: 'a head is inside or outside the database, and not in the other place',
  head_signature_bad: 'a head is not signed by a key that is known',
  outside_missing: 'there is nothing outside the database to hold it against',
  grant_without_event: 'somebody holds a role that no command gave',
  user_without_event: 'there is a user whom no command made',
  key_without_event: 'there is a key of a machine that no command issued',
  machine_without_event: 'there is a service account or a partner that no command made',
  records_changed: 'a record of who looked, or an alert, is not what was sealed',
  records_missing: 'a record of who looked, or an alert, that was sealed is gone',
  records_added: 'a record of who looked, or an alert, stands where it was not when that was sealed',
  records_unsealed: 'records of who looked, or alerts, were not sealed in their time',
  seal_changed: 'a seal of such records says something else than its event does',
  seal_missing: 'a seal of such records is gone',
  alert_changed: 'an alert is put away, or not, and no command did that',
  trigger_missing: 'a trigger that guards a table is gone or switched off',
  trigger_changed: 'a trigger that guards a table is another than was installed',
  constraint_missing: 'a constraint is gone or was never checked',
  function_changed: 'a function of the database is not as it was installed',
  privilege_excessive: 'the platform may do more to a table than it was given',
} as const;

export type TrailFinding = keyof typeof trailFindings;

/** One thing that does not hold. */
export interface Finding<Kind extends string = string> {
  readonly kind: Kind;
  readonly subject: { readonly type: string; readonly id: string };
  readonly detail: string;
}

export const finding = <Kind extends string>(kind: Kind, type: string, id: string | number, detail: string): Finding<Kind> => ({
  kind,
  subject: { type, id: String(id) },
  detail,
});
