/* Reads a trace as base_log_dup_trace () gives it: "12:03:04.123456 host:port/1 > A1 NOOP".  Pure. */
#include "wire-cost.h"

#include <stdio.h>
#include <string.h>

#define DAY_US (24 * 3600 * (gint64)G_USEC_PER_SEC)

typedef struct
{
  gint64 time;
  char direction;
  const char *text;
} Line;

static gboolean
read_line (const char *from, const char *who, Line *line)
{
  guint hours = 0, minutes = 0, seconds = 0, us = 0;
  int end = 0;
  gsize length = strlen (who);

  if (sscanf (from, "%2u:%2u:%2u.%6u %n", &hours, &minutes, &seconds, &us, &end) != 4
      || strncmp (from + end, who, length) != 0 || from[(gsize)end + length] != ' ')
    return FALSE;
  line->time = ((hours * 60 + minutes) * 60 + seconds) * (gint64)G_USEC_PER_SEC + us;
  line->direction = from[(gsize)end + length + 1];
  line->text = from + (gsize)end + length + 3;
  return TRUE;
}

/* Of the line that remarks it; "" when there is none. */
static char *
dup_connection (char **lines, const char *remark)
{
  for (guint i = g_strv_length (lines); i-- > 0;) {
    const char *at = strstr (lines[i], remark);
    const char *who = strchr (lines[i], ' ');

    if (at != NULL && who != NULL && at > who)
      return g_strndup (who + 1, (gsize)(at - who - 1));
  }
  return g_strdup ("");
}

static guint64
count_octets (const char *remark)
{
  guint64 received = 0, sent = 0;
  const char *numbers = strstr (remark, "so far: ");

  if (numbers == NULL
      || sscanf (numbers, "so far: %" G_GUINT64_FORMAT " received, %" G_GUINT64_FORMAT, &received,
                 &sent)
             != 2)
    return 0;
  return received + sent;
}

/* The round trip in which a line belongs: a command to the one after the last answer. */
static void
count_round_trips (const Line *line, GHashTable *rounds, guint *heard, WireCost *cost)
{
  g_autofree char *tag = g_strndup (line->text, strcspn (line->text, " "));

  if (line->direction == '>') {
    g_hash_table_replace (rounds, g_steal_pointer (&tag), GUINT_TO_POINTER (*heard + 1));
    return;
  }
  /* "+" answers what was sent last */
  if (*tag == '+')
    *heard += 1;
  else if (*tag != '*')
    *heard = MAX (*heard, GPOINTER_TO_UINT (g_hash_table_lookup (rounds, tag)));
  cost->round_trips = MAX (cost->round_trips, *heard);
}

/* It was the answer to the last command that was not answered yet. */
static gboolean
is_answered (const Line *line, GHashTable *rounds)
{
  g_autofree char *tag = g_strndup (line->text, strcspn (line->text, " "));

  return g_hash_table_remove (rounds, tag) && g_hash_table_size (rounds) == 0;
}

gboolean
wire_cost_of_trace (const char *trace, WireCost *cost, char **talk)
{
  g_auto (GStrv) lines = g_strsplit (trace, "\n", -1);
  g_autofree char *who = dup_connection (lines, " - in step;");
  g_autoptr (GHashTable) rounds = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GString) said = g_string_new (NULL);
  gint64 begun = 0, asked = 0;
  guint64 before = 0;
  guint heard = 0;
  gboolean inside = FALSE, found = FALSE;

  *cost = (WireCost){ 0 };
  for (guint i = 0; *who != '\0' && lines[i] != NULL; i++) {
    Line line;

    if (!read_line (lines[i], who, &line))
      continue;
    if (line.direction == '-' && g_str_has_prefix (line.text, "signed in;")) {
      inside = TRUE;
      begun = line.time;
      before = count_octets (line.text);
      continue;
    }
    if (line.direction == '-' && found && g_str_has_prefix (line.text, "watching;")) {
      cost->watching = TRUE;
      cost->watching_octets = count_octets (line.text) - before;
      break;
    }
    if (line.direction == '-' && inside && g_str_has_prefix (line.text, "in step;")) {
      cost->octets = count_octets (line.text) - before;
      cost->us = (line.time - begun + DAY_US) % DAY_US;
      inside = FALSE;
      found = TRUE;
    }
    if (!inside)
      continue;
    if (line.direction != '-')
      count_round_trips (&line, rounds, &heard, cost);
    /* Begins with the last command of a flight, ends with the last answer. */
    if (line.direction == '>')
      asked = line.time;
    if (asked != 0 && line.direction == '<' && is_answered (&line, rounds)) {
      cost->waited += line.time - asked;
      asked = 0;
    }
    g_autofree char *text = g_utf8_make_valid (line.text, -1);
    g_string_append_printf (said, "%9.1f ms %c %s\n", (double)(line.time - begun) / 1000,
                            line.direction, text);
  }
  if (found && talk != NULL)
    *talk = g_string_free (g_steal_pointer (&said), FALSE);
  return found;
}
