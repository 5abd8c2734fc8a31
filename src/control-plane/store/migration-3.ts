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
create index site_by_rule on site (approved_by) where approved_by is not null;

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
create trigger site_enters_rule after update of approved_by on site when new.approved_by is not null begin
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
  ended_at integer
) strict;
create unique index alert_open on alert (org_id, kind, subject) where ended_at is null;
create index alert_by_org on alert (org_id, id);
create index alert_ended on alert (ended_at) where ended_at is not null;

create table webhook (
  id text primary key,
  org_id text not null references org on delete cascade,
  url text not null,
  sealed_secret text not null,
  kinds text not null,
  created_at integer not null
) strict;
create index webhook_by_org on webhook (org_id, created_at);

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
create index delivery_by_webhook on delivery (webhook_id, created_at);
create index delivery_done on delivery (done_at) where done_at is not null;
`;
