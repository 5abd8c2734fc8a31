/**
 * Version 4: blueprints as what governs. A resource may belong to an organisation instead of a site, lead to several sites,
 * and be governed by the blueprint file of one; policies are resources too. Organisations have roles, users and domains.
 * The history counts equal applications instead of repeating them, and a site knows that its provisioning blueprint is done.
 * Ids of resources and targets that are gone are given to no others. Until now documents named sites without effect, since
 * all went to the site that sent them: from now on such a name counts, so that it goes.
 */
export const blueprints = `
create table role (
  org_id text not null references org on delete cascade,
  name text not null,
  built_in integer not null default 0,
  created_at integer not null,
  primary key (org_id, name)
) strict, without rowid;
create table org_user (
  org_id text not null references org on delete cascade,
  name text not null,
  email text,
  created_at integer not null,
  primary key (org_id, name)
) strict, without rowid;
create index org_user_by_email on org_user (org_id, email) where email is not null;
create table domain (
  org_id text not null references org on delete cascade,
  name text not null,
  created_at integer not null,
  primary key (org_id, name)
) strict, without rowid;
insert into role select id, 'Admin', 1, created_at from org;
insert into role select id, 'Member', 1, created_at from org;
create trigger org_has_roles after insert on org begin
  insert into role values (new.id, 'Admin', 1, new.created_at), (new.id, 'Member', 1, new.created_at);
end;

alter table site add column bootstrapped_at integer;

alter table blueprint add column applications integer not null default 1;
alter table blueprint add column last_at integer;
alter table blueprint add column once integer not null default 0;
alter table blueprint add column governs integer not null default 0;
alter table blueprint add column warnings text not null default '[]';
drop index blueprint_by_site;
create index blueprint_by_site on blueprint (site_id, parked, succeeded, id);
create index blueprint_of_org on blueprint (org_id, id) where source <> 'NEWT';
create index blueprint_of_gone on blueprint (org_id, id) where site_id is null and source = 'NEWT';
drop trigger blueprint_leaves;
create trigger blueprint_leaves before delete on site begin
  delete from blueprint where site_id = old.id and succeeded = 0;
  delete from blueprint where id in (
    select id from blueprint where org_id = old.org_id and site_id is null and source = 'NEWT'
    order by id desc limit -1 offset 1000
  );
end;

create table resource_next (
  id integer primary key autoincrement,
  org_id text not null references org on delete cascade,
  kind text not null check (kind in ('policy', 'public', 'private')),
  nice_id text not null,
  site_id integer references site on delete cascade,
  governed_by integer references site on delete set null,
  edited_at integer,
  source text not null,
  document text not null,
  enabled integer not null default 1,
  full_domain text,
  alias text,
  proxy_protocol text check (proxy_protocol in ('tcp', 'udp')),
  proxy_port integer,
  updated_at integer not null,
  unique (org_id, kind, nice_id)
) strict;
insert into sqlite_sequence (name, seq)
  select name || '_next', seq from sqlite_sequence where name in ('resource', 'target');
insert into resource_next (id, org_id, kind, nice_id, site_id, source, document, updated_at)
  select id, org_id, kind, nice_id, site_id, source, document, updated_at from resource;
update resource_next set
  enabled = iif(document ->> 'enabled' is 0, 0, 1),
  full_domain = lower(document ->> 'full-domain'),
  alias = lower(document ->> 'alias'),
  proxy_protocol = case coalesce(document ->> 'mode', document ->> 'protocol') when 'tcp' then 'tcp' when 'udp' then 'udp' end
  where json_valid(document);
update resource_next set proxy_port = document ->> 'proxy-port'
  where iif(proxy_protocol is null, null, typeof(document ->> 'proxy-port')) = 'integer';
update resource_next set document = json_remove(document, '$.site', '$.sites')
  where kind = 'private' and iif(json_valid(document), json_type(document), null) = 'object';
update resource_next set document = json_set(document, '$.targets', (
    select json_group_array(json(iif(type = 'object', json_remove(value, '$.site'), 'null')))
    from json_each(document, '$.targets')
  ))
  where kind = 'public' and iif(json_valid(document), json_type(document, '$.targets'), null) = 'array'
  and not exists (select 1 from json_each(iif(json_valid(document), document, '{}'), '$.targets') where type not in ('object', 'null'));
create table target_next (
  id integer primary key autoincrement,
  resource_id integer not null references resource_next on delete cascade,
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
insert into target_next select * from target;
drop table target;
drop table resource;
alter table resource_next rename to resource;
alter table target_next rename to target;
create index resource_by_site on resource (site_id);
create index resource_governed on resource (governed_by) where governed_by is not null;
create index resource_by_domain on resource (org_id, full_domain) where full_domain is not null;
create index resource_by_alias on resource (org_id, alias) where alias is not null;
create index resource_by_port on resource (org_id, proxy_port, proxy_protocol) where proxy_port is not null;

create table resource_site (
  resource_id integer not null references resource on delete cascade,
  site_id integer not null references site on delete cascade,
  primary key (resource_id, site_id)
) strict, without rowid;
create index resource_site_by_site on resource_site (site_id);
create index site_by_name on site (org_id, name);
insert into resource_site select id, site_id from resource where kind = 'private' and site_id is not null;
`;
