/* Reads the invitation of a stranger, and writes the answer to it.  Runs in the process of sosik-unpack, and in its tests.  It must
 * never walk an endless series: only so many of its times are looked at. */
#include "unpack-calendar.h"

#include <string.h>
#include <libical/ical.h>

#include "unpack-zone.h"

#define MAX_OCTETS    (8u * 1024 * 1024)
#define MAX_TIMES     5000 /* of a series, until the next one is found */
#define MAX_ATTENDEES 500
#define MAX_TEXT      (64u * 1024)

static void
put (GVariantBuilder *event, const char *key, GVariant *value)
{
  g_variant_builder_add (event, "{sv}", key, value);
}

static char *
dup_valid (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text ? text : "", -1);
  gsize length = strlen (valid);

  if (length <= MAX_TEXT)
    return g_steal_pointer (&valid);
  const char *end = g_utf8_find_prev_char (valid, valid + MAX_TEXT);
  return g_strndup (valid, (gsize)(end - valid));
}

static void
put_text (GVariantBuilder *event, const char *key, const char *text)
{
  if (!text || text[0] == '\0')
    return;
  g_autofree char *valid = dup_valid (text);
  put (event, key, g_variant_new_string (valid));
}

/* "mailto:a@b" -> "a@b" */
static char *
dup_address (const char *uri)
{
  g_autofree char *valid = dup_valid (uri);
  const char *bare = g_ascii_strncasecmp (valid, "mailto:", 7) == 0 ? valid + 7 : valid;
  g_autofree char *plain = g_uri_unescape_string (bare, NULL);

  return g_strstrip (g_strdup (plain && g_utf8_validate (plain, -1, NULL) ? plain : bare));
}

static char *
dup_parameter (icalproperty *property, const char *name)
{
  g_autofree char *mutable_name = g_strdup (name);
  char *text = icalproperty_get_parameter_as_string_r (property, mutable_name);
  char *valid = dup_valid (text);

  icalmemory_free_buffer (text);
  return valid;
}

/* ---- time ---- */

/* A zone of that name: the calendar's own definition, the system's, or what Windows means by it. */
static icaltimezone *
find_zone (icalcomponent *calendar, const char *name)
{
  icaltimezone *zone = icalcomponent_get_timezone (calendar, name);

  if (!zone)
    zone = icaltimezone_get_builtin_timezone (name);
  if (!zone && unpack_zone_from_windows (name))
    zone = icaltimezone_get_builtin_timezone (unpack_zone_from_windows (name));
  return zone;
}

typedef struct
{
  struct icaltimetype time;
  icaltimezone *zone; /* NULL: floating, or UTC by itself */
  char *name;
} Moment;

static void
moment_clear (Moment *moment)
{
  g_clear_pointer (&moment->name, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Moment, moment_clear)

static gboolean
read_moment (icalcomponent *calendar, icalcomponent *event, icalproperty_kind kind, Moment *moment)
{
  icalproperty *property = icalcomponent_get_first_property (event, kind);
  icalvalue *value = property ? icalproperty_get_value (property) : NULL;

  if (!value)
    return FALSE;
  icalvalue_kind type = icalvalue_isa (value);
  if (type != ICAL_DATE_VALUE && type != ICAL_DATETIME_VALUE && type != ICAL_DATETIMEDATE_VALUE)
    return FALSE;
  moment->time = icalvalue_get_datetimedate (value);
  if (icaltime_is_null_time (moment->time) || !icaltime_is_valid_time (moment->time)
      || moment->time.year < 1 || moment->time.year > 9999)
    return FALSE;
  moment->name = dup_parameter (property, "TZID");
  if (moment->name[0] != '\0' && !icaltime_is_utc (moment->time))
    moment->zone = find_zone (calendar, moment->name);
  return TRUE;
}

static gint64
to_seconds (const Moment *moment)
{
  struct icaltimetype time = moment->time;

  if (time.is_date || !moment->zone)
    return (gint64)icaltime_as_timet (time);
  return (gint64)icaltime_as_timet_with_zone (time, moment->zone);
}

/* ---- series ---- */

static void
put_numbers (GVariantBuilder *event, const char *key, const short *numbers, int size)
{
  GVariantBuilder list;
  int n = 0;

  if (numbers[0] == ICAL_RECURRENCE_ARRAY_MAX)
    return;
  g_variant_builder_init (&list, G_VARIANT_TYPE ("ai"));
  for (; n < size && numbers[n] != ICAL_RECURRENCE_ARRAY_MAX; n++)
    g_variant_builder_add (&list, "i", (gint32)numbers[n]);
  put (event, key, g_variant_builder_end (&list));
}

static void
put_next (GVariantBuilder *event, const struct icalrecurrencetype *rule, const Moment *start,
          gint64 now)
{
  icalrecur_iterator *times = icalrecur_iterator_new (*rule, start->time);

  if (!times)
    return;
  for (int i = 0; i < MAX_TIMES; i++) {
    Moment moment = *start;
    moment.time = icalrecur_iterator_next (times);
    if (icaltime_is_null_time (moment.time))
      break;
    gint64 seconds = to_seconds (&moment);
    if (seconds >= now) {
      put (event, "next", g_variant_new_int64 (seconds));
      break;
    }
  }
  icalrecur_iterator_free (times);
}

static void
put_series (GVariantBuilder *event, icalcomponent *component, const Moment *start, gint64 now)
{
  icalproperty *property = icalcomponent_get_first_property (component, ICAL_RRULE_PROPERTY);

  if (!property)
    return;
  struct icalrecurrencetype rule = icalproperty_get_rrule (property);
  if (rule.freq == ICAL_NO_RECURRENCE)
    return;
  put_text (event, "frequency", icalrecur_freq_to_string (rule.freq));
  put (event, "interval", g_variant_new_int32 (rule.interval));
  if (rule.count > 0)
    put (event, "count", g_variant_new_int32 (rule.count));
  if (!icaltime_is_null_time (rule.until))
    put (event, "until", g_variant_new_int64 ((gint64)icaltime_as_timet (rule.until)));
  if (rule.by_day[0] != ICAL_RECURRENCE_ARRAY_MAX) {
    GVariantBuilder days;
    g_variant_builder_init (&days, G_VARIANT_TYPE ("a(ii)"));
    for (int i = 0; i < ICAL_BY_DAY_SIZE && rule.by_day[i] != ICAL_RECURRENCE_ARRAY_MAX; i++)
      g_variant_builder_add (&days, "(ii)",
                             (gint32)icalrecurrencetype_day_day_of_week (rule.by_day[i]),
                             (gint32)icalrecurrencetype_day_position (rule.by_day[i]));
    put (event, "by-day", g_variant_builder_end (&days));
  }
  put_numbers (event, "by-month-day", rule.by_month_day, ICAL_BY_MONTHDAY_SIZE);
  put_numbers (event, "by-month", rule.by_month, ICAL_BY_MONTH_SIZE);
  put_next (event, &rule, start, now);
}

/* ---- people ---- */

static void
put_people (GVariantBuilder *event, icalcomponent *component)
{
  icalproperty *organizer = icalcomponent_get_first_property (component, ICAL_ORGANIZER_PROPERTY);
  if (organizer && icalproperty_get_organizer (organizer)) {
    g_autofree char *name = dup_parameter (organizer, "CN");
    g_autofree char *address = dup_address (icalproperty_get_organizer (organizer));
    put (event, "organizer", g_variant_new ("(ss)", name, address));
  }

  GVariantBuilder people;
  guint n = 0;
  g_variant_builder_init (&people, G_VARIANT_TYPE ("a(ssss)"));
  for (icalproperty *at = icalcomponent_get_first_property (component, ICAL_ATTENDEE_PROPERTY);
       at && n < MAX_ATTENDEES;
       at = icalcomponent_get_next_property (component, ICAL_ATTENDEE_PROPERTY)) {
    if (!icalproperty_get_attendee (at))
      continue;
    g_autofree char *name = dup_parameter (at, "CN"), *partstat = dup_parameter (at, "PARTSTAT");
    g_autofree char *role = dup_parameter (at, "ROLE");
    g_autofree char *address = dup_address (icalproperty_get_attendee (at));
    g_variant_builder_add (&people, "(ssss)", name, address, partstat, role);
    n++;
  }
  put (event, "attendees", g_variant_builder_end (&people));
}

/* ---- reading ---- */

static const char *
get_text (icalcomponent *component, icalproperty_kind kind)
{
  icalproperty *property = icalcomponent_get_first_property (component, kind);
  icalvalue *value = property ? icalproperty_get_value (property) : NULL;

  if (!value)
    return NULL;
  switch ((int)icalvalue_isa (value)) {
  case ICAL_TEXT_VALUE:
    return icalvalue_get_text (value);
  case ICAL_URI_VALUE:
    return icalvalue_get_uri (value);
  default:
    return icalproperty_get_value_as_string (property); /* libical's ring of buffers */
  }
}

static void
add_event (GVariantBuilder *events, icalcomponent *calendar, icalcomponent *component, gint64 now)
{
  static const struct
  {
    const char *key;
    icalproperty_kind kind;
  } texts[] = {
    { "uid", ICAL_UID_PROPERTY },
    { "summary", ICAL_SUMMARY_PROPERTY },
    { "description", ICAL_DESCRIPTION_PROPERTY },
    { "location", ICAL_LOCATION_PROPERTY },
    { "url", ICAL_URL_PROPERTY },
    { "status", ICAL_STATUS_PROPERTY },
    { "comment", ICAL_COMMENT_PROPERTY },
  };
  GVariantBuilder event;
  g_auto (Moment) start = { .zone = NULL }, end = { .zone = NULL }, which = { .zone = NULL };

  g_variant_builder_init (&event, G_VARIANT_TYPE_VARDICT);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    put_text (&event, texts[i].key, get_text (component, texts[i].kind));
  put (&event, "sequence", g_variant_new_int32 (icalcomponent_get_sequence (component)));
  put_people (&event, component);
  if (read_moment (calendar, component, ICAL_DTSTART_PROPERTY, &start)) {
    put (&event, "start", g_variant_new_int64 (to_seconds (&start)));
    put (&event, "all-day", g_variant_new_boolean (start.time.is_date));
    put (&event, "floating",
         g_variant_new_boolean (!start.time.is_date && !start.zone
                                && !icaltime_is_utc (start.time)));
    put_text (&event, "zone", start.name);
    put_series (&event, component, &start, now);
    icalproperty *duration = icalcomponent_get_first_property (component, ICAL_DURATION_PROPERTY);
    if (read_moment (calendar, component, ICAL_DTEND_PROPERTY, &end)) {
      if (to_seconds (&end) >= to_seconds (&start))
        put (&event, "end", g_variant_new_int64 (to_seconds (&end)));
    } else if (duration) {
      int seconds = icaldurationtype_as_int (icalproperty_get_duration (duration));
      if (seconds >= 0)
        put (&event, "end", g_variant_new_int64 (to_seconds (&start) + seconds));
    }
  }
  if (read_moment (calendar, component, ICAL_RECURRENCEID_PROPERTY, &which))
    put (&event, "recurrence-id", g_variant_new_int64 (to_seconds (&which)));
  g_variant_builder_add_value (events, g_variant_builder_end (&event));
}

/* NULL with *status set.  A file with several calendars in it: the first that has an event. */
static icalcomponent *
parse (GBytes *bytes, icalcomponent **calendar, UnpackStatus *status)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  *status = UNPACK_BROKEN;
  if (length > MAX_OCTETS) {
    *status = UNPACK_TOO_LARGE;
    return NULL;
  }
  if (length == 0)
    return NULL;
  g_autofree char *text = g_utf8_make_valid (data, (gssize)length);
  icalcomponent *root = icalparser_parse_string (text);
  if (!root)
    return NULL;
  *calendar = NULL;
  if (icalcomponent_isa (root) == ICAL_VCALENDAR_COMPONENT)
    *calendar = root;
  for (icalcomponent *inner = icalcomponent_get_first_component (root, ICAL_VCALENDAR_COMPONENT);
       inner && !*calendar;
       inner = icalcomponent_get_next_component (root, ICAL_VCALENDAR_COMPONENT)) {
    if (icalcomponent_get_first_component (inner, ICAL_VEVENT_COMPONENT))
      *calendar = inner;
  }
  if (*calendar)
    return root;
  icalcomponent_free (root);
  return NULL;
}

GVariant *
unpack_calendar (GBytes *bytes, gint64 now, UnpackStatus *status)
{
  icalcomponent *calendar, *root = parse (bytes, &calendar, status);
  GVariantBuilder events;
  guint n = 0;

  if (!root)
    return NULL;
  icalproperty *method = icalcomponent_get_first_property (calendar, ICAL_METHOD_PROPERTY);
  g_autofree char *name =
      dup_valid (method ? icalproperty_enum_to_string (icalproperty_get_method (method)) : "");
  g_variant_builder_init (&events, G_VARIANT_TYPE ("aa{sv}"));
  for (icalcomponent *at = icalcomponent_get_first_component (calendar, ICAL_VEVENT_COMPONENT);
       at && n < UNPACK_MAX_EVENTS;
       at = icalcomponent_get_next_component (calendar, ICAL_VEVENT_COMPONENT), n++)
    add_event (&events, calendar, at, now);
  icalcomponent_free (root);
  if (n == 0) {
    g_variant_builder_clear (&events);
    *status = UNPACK_BROKEN;
    return NULL;
  }
  *status = UNPACK_DONE;
  return g_variant_new ("(saa{sv})", name, &events);
}

/* ---- answering ---- */

/* The definitions of the zones that the answer names. */
static void
copy_zones (icalcomponent *reply, icalcomponent *calendar, icalcomponent *event)
{
  for (icalcomponent *zone = icalcomponent_get_first_component (calendar, ICAL_VTIMEZONE_COMPONENT);
       zone; zone = icalcomponent_get_next_component (calendar, ICAL_VTIMEZONE_COMPONENT)) {
    icalproperty *id = icalcomponent_get_first_property (zone, ICAL_TZID_PROPERTY);
    gboolean named = FALSE;
    for (icalproperty *at = icalcomponent_get_first_property (event, ICAL_ANY_PROPERTY); at && id;
         at = icalcomponent_get_next_property (event, ICAL_ANY_PROPERTY)) {
      g_autofree char *name = dup_parameter (at, "TZID");
      named = named || g_strcmp0 (name, icalproperty_get_tzid (id)) == 0;
    }
    if (named)
      icalcomponent_add_component (reply, icalcomponent_new_clone (zone));
  }
}

static icalproperty *
find_attendee (icalcomponent *event, const char *address)
{
  for (icalproperty *at = icalcomponent_get_first_property (event, ICAL_ATTENDEE_PROPERTY); at;
       at = icalcomponent_get_next_property (event, ICAL_ATTENDEE_PROPERTY)) {
    if (!icalproperty_get_attendee (at))
      continue;
    g_autofree char *found = dup_address (icalproperty_get_attendee (at));
    if (g_ascii_strcasecmp (found, address) == 0)
      return at;
  }
  return NULL;
}

GVariant *
unpack_calendar_reply (GBytes *bytes, const char *address, const char *name, const char *partstat,
                       gint64 now, UnpackStatus *status)
{
  static const icalproperty_kind kept[] = { ICAL_UID_PROPERTY,       ICAL_SEQUENCE_PROPERTY,
                                            ICAL_ORGANIZER_PROPERTY, ICAL_RECURRENCEID_PROPERTY,
                                            ICAL_DTSTART_PROPERTY,   ICAL_DTEND_PROPERTY,
                                            ICAL_DURATION_PROPERTY,  ICAL_RRULE_PROPERTY,
                                            ICAL_SUMMARY_PROPERTY,   ICAL_LOCATION_PROPERTY };
  icalcomponent *calendar, *root = parse (bytes, &calendar, status);
  if (!root)
    return NULL;
  icalcomponent *event = icalcomponent_get_first_component (calendar, ICAL_VEVENT_COMPONENT);
  icalparameter_partstat answer = (icalparameter_partstat)icalparameter_string_to_enum (partstat);
  if (!event || !icalcomponent_get_first_property (event, ICAL_UID_PROPERTY)
      || !icalcomponent_get_first_property (event, ICAL_ORGANIZER_PROPERTY)) {
    icalcomponent_free (root);
    *status = UNPACK_BROKEN;
    return NULL;
  }

  icalcomponent *reply = icalcomponent_new (ICAL_VEVENT_COMPONENT);
  for (gsize i = 0; i < G_N_ELEMENTS (kept); i++) {
    icalproperty *property = icalcomponent_get_first_property (event, kept[i]);
    if (property)
      icalcomponent_add_property (reply, icalproperty_new_clone (property));
  }
  icalcomponent_add_property (reply, icalproperty_new_dtstamp (icaltime_from_timet_with_zone (
                                         (time_t)now, 0, icaltimezone_get_utc_timezone ())));
  icalproperty *invited = find_attendee (event, address);
  icalproperty *attendee;
  if (invited) {
    attendee = icalproperty_new_clone (invited);
    icalproperty_remove_parameter_by_kind (attendee, ICAL_RSVP_PARAMETER);
  } else {
    g_autofree char *uri = g_strconcat ("mailto:", address, NULL);
    attendee = icalproperty_new_attendee (uri);
    if (name[0] != '\0')
      icalproperty_set_parameter (attendee, icalparameter_new_cn (name));
  }
  icalproperty_set_parameter (attendee, icalparameter_new_partstat (answer));
  icalcomponent_add_property (reply, attendee);

  icalcomponent *whole = icalcomponent_vanew (
      ICAL_VCALENDAR_COMPONENT, icalproperty_new_prodid ("-//Sosik//Sosik//EN"),
      icalproperty_new_version ("2.0"), icalproperty_new_method (ICAL_METHOD_REPLY), (void *)0);
  copy_zones (whole, calendar, reply);
  icalcomponent_add_component (whole, reply);
  char *text = icalcomponent_as_ical_string_r (whole);
  g_autofree char *valid = g_utf8_make_valid (text ? text : "", -1);
  icalmemory_free_buffer (text);
  icalcomponent_free (whole);
  icalcomponent_free (root);
  *status = UNPACK_DONE;
  return g_variant_new_string (valid);
}
