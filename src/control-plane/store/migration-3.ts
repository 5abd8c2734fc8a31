/**
 * Version 3: what happens after the exchange. Where sites and devices came from and were last heard from; what a site's
 * newt is to do, as targets, and a number that goes up with every change to it; approval rules, which know how many of
 * the sites that they let in there still are; alerts, and webhooks with what is to be delivered to them.
 */
export const channels = `
alter table site add column source_address text;
alter table site add column last_address text;
alter table site add column config_version integer not null default 1;
alter table site add column approved_by integer;

alter table device add column last_address text;
alter table device add column agent_version text;
alter table device add column revoked_at integer;

create table target (
  id integer primary key autoincrement,
  resource_id integer not null references resource on delete cascade,
  site_id integer not null references site on delete cascade,
  position integer not null,
  protocol text not null check (protocol in ('tcp', 'udp')),
  host text not null,
  port integer not null,
  internal_port integer not null,
  enabled integer not null,
  health_check text,
  health text not null default 'unknown',
  health_at integer,
  unique (resource_id, position),
  unique (site_id, internal_port)
) strict;

create trigger blueprint_leaves before delete on site begin
  delete from blueprint where site_id = old.id and succeeded = 0;
end;

create table approval_rule (
  id integer primary key autoincrement,
  org_id text not null references org on delete cascade,
  name text not null,
  key_id text,
  name_pattern text,
  label text,
  source_cidrs text not null,
  max_sites integer,
  sites integer not null default 0,
  expires_at integer,
  created_at integer not null
) strict;
create index approval_rule_by_org on approval_rule (org_id, id);
create trigger site_enters_by_rule after insert on site when new.approved_by is not null begin
  update approval_rule set sites = sites + 1 where id = new.approved_by;
end;
create trigger site_changes_rule after update of approved_by on site when new.approved_by is not old.approved_by begin
  update approval_rule set sites = sites - 1 where id = old.approved_by;
  update approval_rule set sites = sites + 1 where id = new.approved_by;
end;
create trigger site_leaves_rule after delete on site when old.approved_by is not null begin
  update approval_rule set sites = sites - 1 where id = old.approved_by;
end;

create table alert (
  id integer primary key autoincrement,
  org_id text not null references org on delete cascade,
  kind text not null,
  subject text not null,
  message text not null,
  count integer not null,
  first_at integer not null,
  last_at integer not null,
  ended_at integer,
  held integer not null default 0
) strict;
create unique index alert_open on alert (org_id, kind, subject) where ended_at is null;
create unique index alert_held on alert (kind, org_id, subject) where held = 1;
create index alert_by_org on alert (org_id, id);
create index alert_ended on alert (ended_at) where ended_at is not null;

create table webhook (
  id text primary key,
  org_id text not null references org on delete cascade,
  url text not null,
  sealed_secret text not null,
  kinds text not null,
  created_at integer not null,
  ending text check (ending in ('deleted', 'gone'))
) strict;
create index webhook_by_org on webhook (org_id, created_at);
create index webhook_ending on webhook (id) where ending is not null;

create table delivery (
  id text primary key,
  webhook_id text not null references webhook on delete cascade,
  alert_id integer,
  body text not null,
  attempts integer not null default 0,
  created_at integer not null,
  next_at integer,
  done_at integer,
  outcome text
) strict;
create index delivery_due on delivery (next_at) where next_at is not null;
create index delivery_waiting on delivery (webhook_id, next_at) where next_at is not null;
create index delivery_tests on delivery (webhook_id, next_at) where next_at is not null and alert_id is null;
create index delivery_by_webhook on delivery (webhook_id, created_at);
create index delivery_done on delivery (done_at) where done_at is not null;

create index site_pending_by_name on site (org_id, nice_id) where status = 'pending';
create index provisioning_key_used_up on provisioning_key (org_id, id) where used >= max_usage and revoked_at is null;
create index provisioning_key_expiring on provisioning_key (expires_at)
  where expires_at is not null and revoked_at is null;
`;
