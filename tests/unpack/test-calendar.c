/* Invitations: what is read of them, and the answers. */
#include "test-unpack.h"

#include <string.h>

#include "unpack-calendar.h"
#include "unpack-zone.h"

#define NOW 1790000000 /* 2026-09-21 */

GBytes *
test_make_calendar (const char *inside)
{
  g_autofree char *text = g_strdup_printf (
      "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1\r\n"
      "ORGANIZER;CN=Boss:mailto:boss@example.com\r\n%sEND:VEVENT\r\nEND:VCALENDAR\r\n",
      inside);
  return g_bytes_new (text, strlen (text));
}

/* The first event as a dictionary. */
static GVariant *
read_event (const char *inside)
{
  g_autoptr (GBytes) bytes = test_make_calendar (inside);
  g_autoptr (GVariant) events = NULL;
  UnpackStatus status;
  g_autoptr (GVariant) found = g_variant_ref_sink (unpack_calendar (bytes, NOW, &status));
  const char *method;

  g_variant_get (found, "(&s@aa{sv})", &method, &events);
  g_assert_cmpstr (method, ==, "REQUEST");
  return g_variant_get_child_value (events, 0);
}

static gint64
get_time (GVariant *event, const char *key)
{
  gint64 value = -1;

  g_variant_lookup (event, key, "x", &value);
  return value;
}

static gint64
at (const char *iso)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (iso, NULL);

  return g_date_time_to_unix (time);
}

static void
test_times (void)
{
  static const struct
  {
    const char *lines, *start, *end;
    gboolean all_day, floating;
  } cases[] = {
    { "DTSTART:20261130T010000Z\r\nDTEND:20261130T020000Z\r\n", "2026-11-30T01:00:00Z",
      "2026-11-30T02:00:00Z", FALSE, FALSE },
    { "DTSTART;TZID=Asia/Seoul:20261130T100000\r\nDURATION:PT30M\r\n", "2026-11-30T10:00:00+09:00",
      "2026-11-30T10:30:00+09:00", FALSE, FALSE },
    /* Outlook's name, and no definition */
    { "DTSTART;TZID=Korea Standard Time:20261130T100000\r\n", "2026-11-30T10:00:00+09:00", NULL,
      FALSE, FALSE },
    { "DTSTART;TZID=\"W. Europe Standard Time\":20260730T100000\r\n", "2026-07-30T10:00:00+02:00",
      NULL, FALSE, FALSE },
    { "DTSTART;TZID=Nowhere:20261130T100000\r\n", "2026-11-30T10:00:00Z", NULL, FALSE, TRUE },
    { "DTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261227\r\n", "2026-12-25T00:00:00Z",
      "2026-12-27T00:00:00Z", TRUE, FALSE },
    /* Ends before it starts */
    { "DTSTART:20261130T010000Z\r\nDTEND:20261129T020000Z\r\n", "2026-11-30T01:00:00Z", NULL, FALSE,
      FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GVariant) event = read_event (cases[i].lines);
    gboolean all_day = FALSE, floating = FALSE;
    g_variant_lookup (event, "all-day", "b", &all_day);
    g_variant_lookup (event, "floating", "b", &floating);
    g_assert_cmpint (get_time (event, "start"), ==, at (cases[i].start));
    g_assert_cmpint (get_time (event, "end"), ==, cases[i].end ? at (cases[i].end) : -1);
    g_assert_cmpint (all_day, ==, cases[i].all_day);
    g_assert_cmpint (floating, ==, cases[i].floating);
  }
}

/* A zone that the calendar itself defines counts more than its name. */
static void
test_own_zone (void)
{
  const char *text =
      "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nTZID:Customized Time Zone\r\n"
      "BEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nTZOFFSETFROM:+0330\r\nTZOFFSETTO:+0330\r\n"
      "END:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:1\r\n"
      "DTSTART;TZID=Customized Time Zone:20261130T100000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (GVariant) events = NULL;
  UnpackStatus status;
  g_autoptr (GVariant) found = g_variant_ref_sink (unpack_calendar (bytes, NOW, &status));

  g_variant_get (found, "(&s@aa{sv})", NULL, &events);
  g_autoptr (GVariant) event = g_variant_get_child_value (events, 0);
  g_assert_cmpint (get_time (event, "start"), ==, at ("2026-11-30T10:00:00+03:30"));
}

static void
test_series (void)
{
  g_autoptr (GVariant) event = read_event (
      "DTSTART:20260101T010000Z\r\nRRULE:FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR,2MO;COUNT=50\r\n");
  g_autoptr (GVariant) days = g_variant_lookup_value (event, "by-day", G_VARIANT_TYPE ("a(ii)"));
  const char *frequency;
  gint32 interval, count, day, place;

  g_assert_true (g_variant_lookup (event, "frequency", "&s", &frequency));
  g_assert_cmpstr (frequency, ==, "MONTHLY");
  g_assert_true (g_variant_lookup (event, "interval", "i", &interval));
  g_assert_true (g_variant_lookup (event, "count", "i", &count));
  g_assert_cmpint (interval, ==, 2);
  g_assert_cmpint (count, ==, 50);
  g_assert_cmpuint (g_variant_n_children (days), ==, 2);
  g_variant_get_child (days, 0, "(ii)", &day, &place); /* libical sorts them */
  g_assert_cmpint (day, ==, 2);
  g_assert_cmpint (place, ==, 2);
  g_variant_get_child (days, 1, "(ii)", &day, &place);
  g_assert_cmpint (day, ==, 6);
  g_assert_cmpint (place, ==, -1);
  g_assert_cmpint (get_time (event, "next"), ==, at ("2026-09-25T01:00:00Z"));
}

static char *
answer (const char *inside, const char *address, const char *partstat)
{
  g_autoptr (GBytes) bytes = test_make_calendar (inside);
  UnpackStatus status;
  GVariant *value = unpack_calendar_reply (bytes, address, "Me", partstat, NOW, &status);

  if (!value)
    return NULL;
  g_autoptr (GVariant) owned = g_variant_ref_sink (value);
  g_autofree char *text = g_variant_dup_string (owned, NULL);
  g_auto (GStrv) unfolded = g_strsplit (text, "\r\n ", -1);
  return g_strjoinv ("", unfolded);
}

static void
test_answer (void)
{
  g_autofree char *text =
      answer ("SEQUENCE:3\r\nDTSTART;TZID=Asia/Seoul:20261130T100000\r\n"
              "ATTENDEE;CN=Other:mailto:other@example.org\r\n"
              "ATTENDEE;CN=Me;RSVP=TRUE;PARTSTAT=NEEDS-ACTION:MAILTO:Me@Example.ORG\r\n"
              "DESCRIPTION:not to be sent back\r\n",
              "me@example.org", "TENTATIVE");
  /* RFC 5546, 3.2.3 */
  g_assert_nonnull (strstr (text, "METHOD:REPLY\r\n"));
  g_assert_nonnull (strstr (text, "UID:1\r\n"));
  g_assert_nonnull (strstr (text, "SEQUENCE:3\r\n"));
  g_assert_nonnull (strstr (text, "ORGANIZER;CN=Boss:mailto:boss@example.com\r\n"));
  g_assert_nonnull (strstr (text, "DTSTAMP:20260921T141320Z\r\n"));
  g_assert_nonnull (strstr (text, "ATTENDEE;CN=Me;PARTSTAT=TENTATIVE:MAILTO:Me@Example.ORG\r\n"));
  g_assert_null (strstr (text, "other@example.org"));
  g_assert_null (strstr (text, "RSVP"));
  g_assert_null (strstr (text, "not to be sent back"));

  /* Invited by way of a list */
  g_autofree char *as_guest = answer ("", "me@example.org", "DECLINED");
  g_assert_nonnull (
      strstr (as_guest, "ATTENDEE;CN=Me;PARTSTAT=DECLINED:mailto:me@example.org\r\n"));
}

static void
test_zone_names (void)
{
  g_assert_cmpstr (unpack_zone_from_windows ("tokyo standard time"), ==, "Asia/Tokyo");
  g_assert_null (unpack_zone_from_windows ("Asia/Tokyo"));
}

void
test_calendar_add (void)
{
  g_test_add_func ("/unpack/calendar/times", test_times);
  g_test_add_func ("/unpack/calendar/own-zone", test_own_zone);
  g_test_add_func ("/unpack/calendar/series", test_series);
  g_test_add_func ("/unpack/calendar/answer", test_answer);
  g_test_add_func ("/unpack/calendar/zone-names", test_zone_names);
}
