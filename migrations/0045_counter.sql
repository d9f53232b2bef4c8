-- A reminder says where to collect. Texts that were written before stand as they are, and give way where only one office pays.
alter table message_templates add constraint message_templates_office
  check (kind <> 'reminder' or body is null or position('{office}' in body) > 0) not valid;
drop index messages_put_off;
create index messages_put_off on messages (list_id) where state = 'pending' and last_error in ('phone_held', 'pack_not_out', 'quiet_hours');
