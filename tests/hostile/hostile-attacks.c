/* The attacks: functions that answer instead of the good server, in its threads. */
#include "hostile-attacks.h"

#include <string.h>
#include <zlib.h>

#include "store-outgoing.h"

#define DRIBBLE_MS 17 /* "one byte a second" where time-outs are a second instead of a minute */

static gboolean
is (const char *verb, const char *wanted)
{
  return strcmp (verb, wanted) == 0;
}

static gboolean
is_fetch (const char *verb)
{
  return is (verb, "FETCH") || is (verb, "UID FETCH");
}

static gboolean
dribble (HostileTalk *talk, const char *text)
{
  for (;;) {
    for (const char *at = text; *at != '\0'; at++)
      if (!hostile_send (talk, at, 1) || !hostile_pause (talk, DRIBBLE_MS))
        return TRUE;
  }
}

/* ---- without end ---- */

static gboolean
lines_at_greeting (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  return is (verb, "") && (hostile_repeat (talk, "* OK hello\r\n"), TRUE);
}

static gboolean
line_at_greeting (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  return is (verb, "") && (hostile_send (talk, "* OK ", 5), hostile_repeat (talk, "x"), TRUE);
}

static gboolean
lines_at_sign_in (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  return is (verb, "AUTHENTICATE") && (hostile_repeat (talk, "* X SOMETHING\r\n"), TRUE);
}

static gboolean
line_of_data (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  return is (verb, "SELECT")
         && (hostile_send (talk, "* SEARCH", 8), hostile_repeat (talk, " 1"), TRUE);
}

static gboolean
lines_in_idle (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  return is (verb, "IDLE") && (hostile_repeat (talk, "* OK Still here\r\n"), TRUE);
}

static gboolean
news_in_idle (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  return is (verb, "IDLE") && (hostile_repeat (talk, "* 21 EXISTS\r\n* 20 EXISTS\r\n"), TRUE);
}

static gboolean
flags_in_fetch (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  return is_fetch (verb) && (hostile_repeat (talk, "* 1 FETCH (FLAGS (\\Seen))\r\n"), TRUE);
}

static gboolean
answers_in_fetch (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  return is_fetch (verb)
         && (hostile_repeat (
                 talk, "* 1 FETCH (UID 11 FLAGS (\\Seen) BODY[HEADER] {12}\r\nSubject: x\r\n)\r\n"),
             TRUE);
}

/* Each UID is another one, so that no set of what came may grow without end. */
static gboolean
strangers_in_fetch (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  if (!is_fetch (verb))
    return FALSE;
  for (guint32 uid = 1001;; uid += 2)
    if (!hostile_say (talk, "* 1 FETCH (UID %u FLAGS () BODY[HEADER] {12}\r\nSubject: x\r\n)", uid))
      return TRUE;
}

static gboolean
folders (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  if (!is (verb, "LIST"))
    return FALSE;
  for (guint i = 0; i < 1000000; i++)
    if (!hostile_say (talk, "* LIST () \"/\" \"folder %u\"", i))
      return TRUE;
  hostile_say (talk, "%s OK done", tag);
  return TRUE;
}

static gboolean
statuses (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  if (!is (verb, "LIST"))
    return FALSE;
  for (guint i = 0;; i++)
    if (!hostile_say (talk, "* STATUS \"folder %u\" (MESSAGES 1)", i))
      return TRUE;
}

static gboolean
long_names (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  g_autofree char *name = g_strnfill (1000000, 'n');

  if (!is (verb, "LIST"))
    return FALSE;
  for (guint i = 0;; i++)
    if (!hostile_say (talk, "* LIST () \"/\" {1000006}\r\n%06u%s", i, name))
      return TRUE;
}

static gboolean
capabilities (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  return is (verb, "CAPABILITY")
         && (hostile_send (talk, "* CAPABILITY IMAP4rev1", 22), hostile_repeat (talk, " A=B"),
             TRUE);
}

static gboolean
capability_answers (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  g_autoptr (GString) list = g_string_new ("* CAPABILITY IMAP4rev1");

  if (!is (verb, "CAPABILITY"))
    return FALSE;
  for (guint i = 0; i < 1000000; i++)
    g_string_append_printf (list, " AUTH=X%u", i);
  hostile_say (talk, "%s", list->str);
  hostile_say (talk, "%s OK done", tag);
  return TRUE;
}

static gboolean
text (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  g_autofree char *words = g_strnfill (20000000, 'w');

  if (!is (verb, "SELECT"))
    return FALSE;
  hostile_say (talk, "%s NO [ALERT] %s", tag, words);
  return TRUE;
}

/* `text` so often, then an end of the block, as COMPRESS=DEFLATE wants it. */
static GBytes *
deflate_many (const char *text, guint times)
{
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  z_stream stream = { 0 };
  guint8 room[4096];

  g_assert_cmpint (deflateInit2 (&stream, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY), ==, Z_OK);
  for (guint i = 0; i <= times; i++) {
    stream.next_in = (guint8 *)text;
    stream.avail_in = i < times ? (uInt)strlen (text) : 0;
    do {
      stream.next_out = room;
      stream.avail_out = sizeof room;
      deflate (&stream, i < times ? Z_NO_FLUSH : Z_SYNC_FLUSH);
      g_byte_array_append (packed, room, (guint)(sizeof room - stream.avail_out));
    } while (stream.avail_out == 0);
  }
  deflateEnd (&stream);
  return g_byte_array_free_to_bytes (g_steal_pointer (&packed));
}

/* Agrees to compress, and then sends what is a thousand times as much when it is unpacked. */
static gboolean
send_packed (HostileTalk *talk, const char *tag, const char *verb, const char *text)
{
  g_autoptr (GBytes) packed = NULL;

  if (!is (verb, "COMPRESS"))
    return FALSE;
  hostile_say (talk, "%s OK packed from here on", tag);
  packed = deflate_many (text, (guint)(32 * 1024 * 1024 / strlen (text)));
  while (hostile_send (talk, g_bytes_get_data (packed, NULL), g_bytes_get_size (packed)))
    ;
  return TRUE;
}

static gboolean
packed_line (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  return send_packed (talk, tag, verb,
                      "* SEARCH 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 ");
}

static gboolean
packed_lines (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  return send_packed (talk, tag, verb, "* OK Still here\r\n");
}

/* Blocks with nothing in them. */
static gboolean
packed_nothing (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  g_autofree char *blocks = g_malloc (50000);

  if (!is (verb, "COMPRESS"))
    return FALSE;
  for (guint i = 0; i < 50000; i += 5)
    memcpy (blocks + i, "\0\0\0\xff\xff", 5);
  hostile_say (talk, "%s OK packed from here on", tag);
  while (hostile_send (talk, blocks, 50000))
    ;
  return TRUE;
}

/* ---- literals ---- */

static gboolean
literal_of_4_gb (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  return is_fetch (verb)
         && (hostile_say (talk, "* 1 FETCH (UID 11 FLAGS () BODY[] {4294967296}"),
             hostile_repeat (talk, "0123456789abcdef\r\n"), TRUE);
}

static gboolean
literal_of_4_eb (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  return is_fetch (verb)
         && (hostile_say (talk, "* 1 FETCH (UID 11 FLAGS () BODY[] {4611686018427387904}"),
             hostile_repeat (talk, "0123456789abcdef\r\n"), TRUE);
}

static gboolean
many_literals (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  g_autofree char *megabyte = g_strnfill (1000000, 'l');

  if (!is_fetch (verb))
    return FALSE;
  while (hostile_say (talk, "* 1 FETCH (FLAGS () BODY[HEADER] {1000000}\r\n%s)", megabyte))
    ;
  return TRUE;
}

static gboolean
literal_never_sent (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  return is_fetch (verb)
         && (hostile_say (talk, "* 1 FETCH (UID 11 FLAGS () BODY[] {1000}\r\nSubject: x"),
             hostile_stall (talk), TRUE);
}

static gboolean
literal_in_idle_never_sent (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  return is (verb, "IDLE")
         && (hostile_say (talk, "* 1 FETCH (UID 11 FLAGS () BODY[] {1000}\r\nSubject: x"),
             hostile_stall (talk), TRUE);
}

/* ---- slow ---- */

static gboolean
slow_greeting (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  return is (verb, "") && dribble (talk, "* OK hello, this greeting goes on and on ");
}

static gboolean
slow_lines (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  return is (verb, "SELECT") && dribble (talk, "* 20 EXISTS\r\n* OK x\r\n");
}

static gboolean
slow_literal (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  return is_fetch (verb)
         && (hostile_say (talk, "* 1 FETCH (UID 11 FLAGS () BODY[] {1000000}"),
             dribble (talk, "x"));
}

static gboolean
slow_in_idle (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  return is (verb, "IDLE") && dribble (talk, "* OK a line in IDLE that does not end ");
}

static gboolean
silence (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  return is (verb, "SELECT") && (hostile_stall (talk), TRUE);
}

/* ---- nonsense ---- */

static gboolean
parentheses_in_fetch (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  g_autofree char *open = g_strnfill (100000, '(');

  if (!is_fetch (verb))
    return FALSE;
  hostile_say (talk, "* 1 FETCH %s", open);
  hostile_say (talk, "%s OK done", tag);
  return TRUE;
}

static gboolean
parentheses_everywhere (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  g_autofree char *open = g_strnfill (100000, '(');

  if (!is (verb, "LIST") && !is (verb, "SELECT") && !is (verb, "UID SEARCH"))
    return FALSE;
  hostile_say (talk, "* LIST %s", open);
  hostile_say (talk, "* STATUS INBOX %s", open);
  hostile_say (talk, "* ESEARCH %s", open);
  hostile_say (talk, "* VANISHED %s", open);
  hostile_say (talk, "* CAPABILITY %s", open);
  hostile_say (talk, "* OK [PERMANENTFLAGS %s", open);
  hostile_answer (talk, tag, verb, rest);
  return TRUE;
}

static gboolean
only_bad (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  if (is (verb, "") || is (verb, "CAPABILITY") || is (verb, "AUTHENTICATE"))
    return FALSE;
  hostile_say (talk, "%s BAD what", tag);
  return TRUE;
}

static gboolean
only_bad_at_all (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  if (is (verb, ""))
    return FALSE;
  hostile_say (talk, "%s BAD what", tag);
  return TRUE;
}

static gboolean
exists_2_32 (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  if (!is (verb, "SELECT"))
    return FALSE;
  hostile_answer (talk, "* 4294967296 EXISTS\r\n*", verb, rest);
  hostile_say (talk, "* 4294967296 EXISTS\r\n%s OK [READ-WRITE] done", tag);
  return TRUE;
}

static gboolean
exists_most (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  if (!is (verb, "SELECT"))
    return FALSE;
  hostile_say (talk,
               "* 4294967295 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 4294967295] ok");
  hostile_say (talk, "%s OK [READ-WRITE] done", tag);
  return TRUE;
}

static gboolean
search_all_numbers (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  if (!is (verb, "UID SEARCH") && !is (verb, "SELECT"))
    return FALSE;
  if (is (verb, "SELECT")) {
    hostile_say (talk,
                 "* 4294967295 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 4294967295] ok");
    hostile_say (talk, "%s OK [READ-WRITE] done", tag);
  } else {
    hostile_say (talk, "* ESEARCH (TAG \"%s\") UID ALL 1:4294967295\r\n%s OK done", tag, tag);
  }
  return TRUE;
}

static gboolean
search_more_than_exist (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  if (is (verb, "SELECT")) {
    /* one more than there are, so that it has to search */
    hostile_say (talk, "* 21 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 32] ok");
    hostile_say (talk, "%s OK [READ-WRITE] done", tag);
    return TRUE;
  }
  if (!is (verb, "UID SEARCH"))
    return FALSE;
  hostile_say (talk, "* ESEARCH (TAG \"%s\") UID ALL 1:4294967295\r\n%s OK done", tag, tag);
  return TRUE;
}

static gboolean
ragged_search (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  g_autoptr (GString) line = g_string_new ("* SEARCH");

  if (is (verb, "SELECT")) {
    hostile_say (talk, "* 1000000 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 4000000] ok");
    hostile_say (talk, "%s OK [READ-WRITE] done", tag);
    return TRUE;
  }
  if (!is (verb, "UID SEARCH"))
    return FALSE;
  for (guint uid = 3999999; uid > 2000000; uid -= 2)
    g_string_append_printf (line, " %u", uid);
  hostile_say (talk, "%s\r\n%s\r\n%s OK done", line->str, line->str, tag);
  return TRUE;
}

static gboolean
odd_numbers (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  static const char *const numbers[] = {
    "0", "-1", "4294967295", "4294967296", "99999999999999999999", "1.5", "1e9", "nil", "0x10", "",
  };

  if (is_fetch (verb)) {
    for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
      hostile_say (talk,
                   "* %s FETCH (UID %s FLAGS (\\Seen) RFC822.SIZE %s MODSEQ (%s) BODY[HEADER] {12}",
                   numbers[i], numbers[i], numbers[i], numbers[i]);
      hostile_say (talk, "Subject: x\r\n)");
      hostile_say (talk, "* 1 FETCH (UID %s FLAGS ())\r\n* %s EXPUNGE\r\n* %s RECENT", numbers[i],
                   numbers[i], numbers[i]);
    }
  } else if (is (verb, "SELECT")) {
    for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
      hostile_say (talk, "* OK [UIDNEXT %s] x\r\n* OK [HIGHESTMODSEQ %s] x\r\n* OK [UNSEEN %s] x",
                   numbers[i], numbers[i], numbers[i]);
  } else if (!is (verb, "NOOP")) {
    return FALSE;
  }
  hostile_answer (talk, tag, verb, rest);
  return TRUE;
}

static gboolean
uid_validity_of_each_answer (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  static guint validity = 100;

  if (!is_fetch (verb) && !is (verb, "SELECT") && !is (verb, "NOOP") && !is (verb, "UID SEARCH"))
    return FALSE;
  hostile_say (talk, "* OK [UIDVALIDITY %u] x\r\n* OK [UIDNEXT %u] x", validity, 1000 + validity);
  validity++;
  hostile_answer (talk, tag, verb, rest);
  return TRUE;
}

static gboolean
uid_next_of_each_answer (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  static guint next = 100;

  if (!is_fetch (verb) && !is (verb, "SELECT") && !is (verb, "NOOP") && !is (verb, "UID SEARCH"))
    return FALSE;
  hostile_answer (talk, "*", verb, rest);
  hostile_say (talk, "%s OK [UIDNEXT %u] x", tag, next++);
  return TRUE;
}

static gboolean
never_asked (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  if (!is_fetch (verb))
    return FALSE;
  for (guint uid = 1000; uid < 1500; uid++) {
    g_autofree char *header = g_strdup_printf (
        "From: eve@lab.test\r\nSubject: Never asked %u\r\nMessage-ID: <eve-%u@lab.test>\r\n\r\n",
        uid, uid);

    hostile_say (talk, "* %u FETCH (UID %u FLAGS () BODY[] {%" G_GSIZE_FORMAT "}\r\n%s)", uid, uid,
                 strlen (header), header);
  }
  hostile_answer (talk, tag, verb, rest);
  return TRUE;
}

static gboolean
all_vanished (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  if (is (verb, "IDLE")) {
    hostile_say (talk, "* VANISHED 1:4294967295\r\n* 20 EXISTS");
    return TRUE;
  }
  if (!is (verb, "SELECT") && !is (verb, "NOOP"))
    return FALSE;
  if (is (verb, "SELECT"))
    hostile_say (talk, "* VANISHED (EARLIER) 1:4294967295");
  hostile_answer (talk, "*", verb, rest);
  if (is (verb, "SELECT"))
    hostile_say (talk, "* OK [HIGHESTMODSEQ 99] x\r\n* VANISHED (EARLIER) 1:4294967295");
  else
    hostile_say (talk, "* VANISHED 1:4294967295\r\n* 20 EXISTS");
  hostile_say (talk, "%s OK [READ-WRITE] done", tag);
  return TRUE;
}

static gboolean
expunged_in_idle (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  if (!is (verb, "IDLE"))
    return FALSE;
  for (guint i = 0; i < 1000; i++)
    hostile_say (talk, "* 1 EXPUNGE");
  return TRUE;
}

static gboolean
copyuid_lies (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  if (!is (verb, "UID MOVE"))
    return FALSE;
  hostile_say (talk, "* OK [COPYUID 7 1:1000000 4293967295:4294967294] moved");
  hostile_say (talk, "* OK [COPYUID 7 11:30 12,12,12,12,12] moved");
  hostile_say (talk, "%s OK [COPYUID 7 11:30 1:20] done", tag);
  return TRUE;
}

const Attack hostile_imap_attacks[] = {
  { .name = "lines-at-greeting", .func = lines_at_greeting, .expectation = MUST_DROP },
  { .name = "line-at-greeting", .func = line_at_greeting, .expectation = MUST_DROP },
  { .name = "lines-at-sign-in", .func = lines_at_sign_in, .expectation = MUST_DROP },
  { .name = "line-of-data", .func = line_of_data, .expectation = MUST_DROP },
  { .name = "lines-in-idle", .func = lines_in_idle, .expectation = MUST_DROP },
  { .name = "news-in-idle", .func = news_in_idle, .expectation = MUST_DROP },
  { .name = "flags-in-fetch", .func = flags_in_fetch, .expectation = MUST_DROP, .fresh = TRUE },
  { .name = "answers-in-fetch", .func = answers_in_fetch, .expectation = MUST_DROP, .fresh = TRUE },
  { .name = "strangers-in-fetch",
    .func = strangers_in_fetch,
    .expectation = MUST_DROP,
    .fresh = TRUE },
  { .name = "folders", .func = folders, .expectation = MUST_DROP },
  { .name = "statuses",
    .func = statuses,
    .expectation = MUST_DROP,
    .capabilities = "LIST-EXTENDED LIST-STATUS" },
  { .name = "long-names", .func = long_names, .expectation = MUST_DROP },
  { .name = "capabilities", .func = capabilities, .expectation = MUST_DROP },
  { .name = "capability-answers", .func = capability_answers, .expectation = MUST_DROP },
  { .name = "text", .func = text, .expectation = MUST_DROP },
  { .name = "packed-line",
    .func = packed_line,
    .expectation = MUST_DROP,
    .capabilities = "COMPRESS=DEFLATE" },
  { .name = "packed-lines",
    .func = packed_lines,
    .expectation = MUST_DROP,
    .capabilities = "COMPRESS=DEFLATE" },
  { .name = "packed-nothing",
    .func = packed_nothing,
    .expectation = MUST_DROP,
    .capabilities = "COMPRESS=DEFLATE" },
  { .name = "literal-of-4-gb", .func = literal_of_4_gb, .expectation = MUST_DROP, .fresh = TRUE },
  { .name = "literal-of-4-eb", .func = literal_of_4_eb, .expectation = MUST_DROP, .fresh = TRUE },
  { .name = "many-literals", .func = many_literals, .expectation = MUST_DROP, .fresh = TRUE },
  { .name = "literal-never-sent",
    .func = literal_never_sent,
    .expectation = MUST_DROP,
    .fresh = TRUE },
  { .name = "literal-in-idle-never-sent",
    .func = literal_in_idle_never_sent,
    .expectation = MUST_DROP },
  { .name = "slow-greeting", .func = slow_greeting, .expectation = MUST_DROP },
  { .name = "slow-lines", .func = slow_lines, .expectation = MUST_DROP },
  { .name = "slow-literal", .func = slow_literal, .expectation = MUST_DROP, .fresh = TRUE },
  { .name = "slow-in-idle", .func = slow_in_idle, .expectation = MUST_DROP },
  { .name = "silence", .func = silence, .expectation = MUST_DROP },
  { .name = "parentheses-in-fetch",
    .func = parentheses_in_fetch,
    .expectation = MUST_DROP,
    .fresh = TRUE },
  { .name = "parentheses-everywhere", .func = parentheses_everywhere, .expectation = MAY_STAY },
  { .name = "only-bad", .func = only_bad, .expectation = MUST_DROP },
  { .name = "only-bad-at-all", .func = only_bad_at_all, .expectation = MUST_DROP },
  { .name = "exists-2-32", .func = exists_2_32, .expectation = MUST_DROP },
  { .name = "exists-most", .func = exists_most, .expectation = MUST_DROP },
  { .name = "exists-most-first", .func = exists_most, .expectation = MUST_DROP, .fresh = TRUE },
  { .name = "search-all-numbers", .func = search_all_numbers, .expectation = MUST_DROP },
  { .name = "search-more-than-exist", .func = search_more_than_exist, .expectation = MUST_DROP },
  { .name = "ragged-search", .func = ragged_search, .expectation = MAY_STAY },
  { .name = "odd-numbers", .func = odd_numbers, .expectation = MAY_STAY },
  { .name = "odd-numbers-first", .func = odd_numbers, .expectation = MAY_STAY, .fresh = TRUE },
  { .name = "uid-validity-of-each-answer",
    .func = uid_validity_of_each_answer,
    .expectation = MAY_STAY },
  { .name = "uid-next-of-each-answer", .func = uid_next_of_each_answer, .expectation = MAY_STAY },
  { .name = "never-asked", .func = never_asked, .expectation = MAY_STAY, .fresh = TRUE },
  { .name = "all-vanished",
    .func = all_vanished,
    .expectation = MAY_STAY,
    .capabilities = "CONDSTORE QRESYNC ENABLE" },
  { .name = "expunged-in-idle", .func = expunged_in_idle, .expectation = MAY_STAY },
  { .name = "copyuid-lies", .func = copyuid_lies, .expectation = MAY_STAY, .command = "move" },
};

static gboolean
endless_reply (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  return is (verb, "") && (hostile_repeat (talk, "220-hello\r\n"), TRUE);
}

static gboolean
endless_reply_line (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  return is (verb, "") && (hostile_send (talk, "220-", 4), hostile_repeat (talk, "hello"), TRUE);
}

static gboolean
slow_reply (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  return is (verb, "") && dribble (talk, "220-hello\r\n220-hello again and again\r\n");
}

/* What a good server says up to the message itself.  FALSE: that is not among it. */
static gboolean
answer_smtp (HostileTalk *talk, const char *tag, const char *verb)
{
  if (is (verb, "") && is (tag, "*"))
    hostile_say (talk, "220 mail.test");
  else if (is (tag, "EHLO"))
    hostile_say (talk, "250-mail.test\r\n250 AUTH PLAIN");
  else if (is (tag, "AUTH"))
    hostile_say (talk, "235 welcome");
  else if (is (tag, "MAIL") || is (tag, "RCPT"))
    hostile_say (talk, "250 fine");
  else
    return FALSE;
  return TRUE;
}

static gboolean
endless_offers (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  if (is (tag, "EHLO"))
    hostile_repeat (talk, "250-SOMETHING\r\n");
  else
    answer_smtp (talk, tag, verb);
  return TRUE;
}

/* Another question for each answer. */
static gboolean
endless_sign_in (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  if (is (verb, "") && is (tag, "*"))
    answer_smtp (talk, tag, verb);
  else if (is (tag, "EHLO"))
    hostile_say (talk, "250-mail.test\r\n250 AUTH SCRAM-SHA-256 PLAIN");
  else
    hostile_say (talk, "334 cj1hYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=");
  return TRUE;
}

static gboolean
slow_envelope (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  if (is (tag, "MAIL"))
    dribble (talk, "250-a reply that goes on and on\r\n");
  else
    answer_smtp (talk, tag, verb);
  return TRUE;
}

/* Talks instead of listening. */
static gboolean
talks_over_data (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  if (is (tag, "DATA"))
    hostile_say (talk, "354 go on"), hostile_repeat (talk, "250 something else\r\n");
  else
    answer_smtp (talk, tag, verb);
  return TRUE;
}

/* Wants the message, and does not take it: what the client left behind is only seen when it is taken after all. */
static gboolean
takes_nothing (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  if (is (tag, "DATA"))
    hostile_say (talk, "354 go on"), hostile_pause (talk, 3000);
  else
    answer_smtp (talk, tag, verb);
  return TRUE;
}

static gboolean
slow_end (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  if (is (tag, "DATA"))
    hostile_say (talk, "354 go on");
  else if (is (tag, "."))
    dribble (talk, "250-a reply that goes on and on\r\n");
  else
    answer_smtp (talk, tag, verb);
  return TRUE;
}

/* The same for the server that takes mail. */
const Attack hostile_smtp_attacks[] = {
  { .name = "smtp-endless-reply", .func = endless_reply },
  { .name = "smtp-endless-line", .func = endless_reply_line },
  { .name = "smtp-slow-reply", .func = slow_reply },
  { .name = "smtp-endless-offers", .func = endless_offers },
  { .name = "smtp-endless-sign-in", .func = endless_sign_in, .asks = TRUE },
  { .name = "smtp-slow-envelope", .func = slow_envelope },
  { .name = "smtp-talks-over-data", .func = talks_over_data, .size = 8000000 },
  { .name = "smtp-takes-nothing", .func = takes_nothing, .size = 8000000 },
  { .name = "smtp-slow-end", .func = slow_end, .state = STORE_OUTBOX_UNCERTAIN },
};

const gsize hostile_n_imap_attacks = G_N_ELEMENTS (hostile_imap_attacks);
const gsize hostile_n_smtp_attacks = G_N_ELEMENTS (hostile_smtp_attacks);
