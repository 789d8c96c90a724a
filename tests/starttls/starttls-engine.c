/* A whole account at work while its connections are attacked: nothing that was said before TLS gets into the store, asks for a
 * password, or is remembered for the next connection.  And settings that say "plain". */
#include "starttls.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base-paths.h"
#include "store-operation.h"
#include "store-outgoing.h"

#define PATIENCE_S 60
#define SUBJECT    "private"

typedef struct
{
  /* Owned */
  char *folder;
  BasePaths *paths;
  BaseAccount *account;
  Store *store;
  StoreDb *db;
  SyncEngine *engine;
  FakeServer *imap, *smtp;
  gint64 row;

  EngineTold told;
} Work;

static Work *
work_new (void)
{
  Work *work = g_new0 (Work, 1);

  work->imap = fake_server_new (FAKE_PLAIN, FAKE_GOOD);
  work->smtp = fake_server_new (FAKE_PLAIN, FAKE_GOOD);
  work->folder = g_dir_make_tmp ("sosik-starttls-XXXXXX", NULL);
  work->paths = base_paths_new (work->folder, NULL);
  work->account = base_account_new ();
  work->account->address = g_strdup ("tim@starttls.test");
  work->account->ca_file = g_strdup (fake_server_get_ca_file (work->imap));
  engine_set_server (&work->account->imap, "127.0.0.1", fake_server_get_port (work->imap),
                     STARTTLS_USER);
  engine_set_server (&work->account->smtp, "127.0.0.1", fake_server_get_port (work->smtp),
                     STARTTLS_USER);
  work->account->imap.security = work->account->smtp.security = BASE_SECURITY_STARTTLS;
  engine_told_init (&work->told, STARTTLS_PASSWORD);
  work->store = store_open (work->paths, NULL, NULL);
  work->db = store_connect (work->store, NULL);
  work->row = store_account_ensure (work->db, work->account->id, NULL);
  return work;
}

static void
work_start (Work *work)
{
  work->engine = sync_engine_new (work->store, &engine_told_events, &work->told);
  sync_engine_add_account (work->engine, work->account);
}

/* What a person saw, and what is on disk: the sum of all that was judged. */
static char *
work_judge (Work *work)
{
  char *failure = NULL;

  g_clear_pointer (&work->engine, sync_engine_free);
  failure = starttls_judge (work->imap, NULL, MUST_OPEN);
  if (failure == NULL)
    failure = starttls_judge (work->smtp, NULL, MUST_OPEN);
  if (failure == NULL && work->told.state != NULL)
    failure = starttls_judge_text ("the state", work->told.state->message);
  if (failure == NULL && work->told.state != NULL)
    failure = starttls_judge_text ("the state's detail", work->told.state->detail);
  if (failure == NULL)
    failure = starttls_judge_text ("what was refused", work->told.last_refused);
  if (failure == NULL && engine_told_was_ever (&work->told, SYNC_PHASE_NEEDS_PASSWORD))
    failure = g_strdup ("a password was asked for");
  if (failure == NULL)
    failure = starttls_judge_files (work->folder);
  return failure;
}

static void
work_free (Work *work)
{
  g_clear_pointer (&work->engine, sync_engine_free);
  fake_server_free (work->imap);
  fake_server_free (work->smtp);
  g_clear_pointer (&work->db, store_db_free);
  g_clear_pointer (&work->store, store_unref);
  base_paths_remove_tree (work->folder);
  base_paths_unref (work->paths);
  base_account_free (work->account);
  engine_told_clear (&work->told);
  g_free (work->folder);
  g_free (work);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Work, work_free)

/* ---- what the servers say inside TLS ---- */

/* One mail in INBOX; `caps` besides the ordinary ones; `more` rules win. */
static char *
dup_inside (const char *caps, const char *more)
{
  const char *mail =
      "From: bob@starttls.test\\r\\nSubject: " SUBJECT "\\r\\nMessage-ID: <a@starttls.test>\\r\\n"
      "Date: Mon, 23 Nov 2026 10:00:00 +0000\\r\\n\\r\\n";
  const guint size = 115;
  g_autoptr (GString) out = g_string_new (more);

  g_string_append_printf (
      out,
      "ON: $tag CAPABILITY\nS: * CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR %s\nS: $tag OK told\n"
      "ON: $tag AUTHENTICATE PLAIN *\nS: $tag OK in\n"
      "ON: $tag NAMESPACE\nS: * NAMESPACE ((\"\" \"/\")) NIL NIL\nS: $tag OK told\n"
      "ON: $tag ENABLE *\nS: * ENABLED QRESYNC\nS: $tag OK enabled\n"
      "ON: $tag LIST *\nS: * LIST () \"/\" INBOX\nS: * LIST () \"/\" Other\nS: * LIST (\\\\Sent) \"/\" Sent\n"
      "S: * LIST (\\\\Archive) \"/\" Archive\nS: * LIST (\\\\Trash) \"/\" Trash\nS: * LIST (\\\\Drafts) \"/\" Drafts\n"
      "S: * LIST (\\\\Junk) \"/\" Junk\nS: $tag OK listed\n"
      "ON: $tag SELECT \"INBOX\"*\nS: * 1 EXISTS\nS: * OK [UIDVALIDITY 9] fine\n"
      "S: * OK [UIDNEXT 5] next\nS: $tag OK [READ-WRITE] open\n"
      "ON: $tag EXAMINE \"INBOX\"*\nS: * 1 EXISTS\nS: * OK [UIDVALIDITY 9] fine\n"
      "S: * OK [UIDNEXT 5] next\nS: $tag OK [READ-ONLY] open\n"
      "ON: $tag SELECT *\nS: * 0 EXISTS\nS: * OK [UIDVALIDITY 5] fine\nS: * OK [UIDNEXT 1] next\n"
      "S: $tag OK [READ-WRITE] open\n"
      "ON: $tag STATUS \"INBOX\" *\n"
      "S: * STATUS INBOX (MESSAGES 1 UNSEEN 1 UIDNEXT 5 UIDVALIDITY 9)\nS: $tag OK told\n"
      "ON: $tag STATUS $mailbox *\n"
      "S: * STATUS $mailbox (MESSAGES 0 UNSEEN 0 UIDNEXT 1 UIDVALIDITY 5)\nS: $tag OK told\n"
      "ON: $tag UID SEARCH *\nS: * SEARCH 4\nS: $tag OK searched\n"
      "ON: $tag *FETCH *BODY.PEEK[]*\nS: * 1 FETCH (UID 4 FLAGS () INTERNALDATE \"23-Nov-2026 10:00:00 +0000\" "
      "RFC822.SIZE %u BODY[] {%u}\nS- %s\nS: )\nS: $tag OK fetched\n"
      "ON: $tag *FETCH *\nS: * 1 FETCH (UID 4 FLAGS () INTERNALDATE \"23-Nov-2026 10:00:00 +0000\" "
      "RFC822.SIZE %u BODY[HEADER.FIELDS (FROM)] {%u}\nS- %s\nS:  BODY[TEXT]<0> \"\")\nS: $tag OK fetched\n"
      "ON: $tag IDLE\nS: + idling\nON: DONE\nS: $tag OK done\nON: $tag NOOP\nS: $tag OK nothing\n"
      "ON: $tag CREATE *\nS: $tag OK made\nON: $tag LOGOUT\nS: * BYE then\nS: $tag OK out\n",
      caps, size, size, mail, size, size, mail);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
add_imap (Work *work, const StarttlsTalk *talk, Segment segment, const char *inside)
{
  g_auto (StarttlsTalk) good = {
    .greeting = g_strdup ("* OK hello\\r\\n"),
    .offer = g_strdup ("* CAPABILITY IMAP4rev1 STARTTLS\\r\\n$tag OK told\\r\\n"),
    .answer = g_strdup ("$tag OK go\\r\\n"),
  };
  g_autofree char *script = starttls_script (talk != NULL ? talk : &good, segment,
                                             "$tag CAPABILITY", "$tag STARTTLS", inside);
  FakeFaults faults = FAKE_NO_FAULTS;

  faults.piece = segment == SEGMENT_BYTES && talk != NULL;
  fake_server_add_script (work->imap, script, &faults);
}

static guint
count_said (FakeServer *server, guint connection, const char *glob)
{
  g_autoptr (GBytes) bytes = fake_server_dup_received (server, connection);
  g_auto (GStrv) lines =
      bytes != NULL ? g_strsplit (g_bytes_get_data (bytes, NULL), "\r\n", -1) : NULL;
  guint n = 0;

  for (guint i = 0; lines != NULL && lines[i] != NULL; i++)
    n += g_pattern_match_simple (glob, lines[i]);
  return n;
}

/* By itself, or when a person says so, which would disturb one that is at work. */
static void
press_retry (Work *work)
{
  switch (engine_told_get_phase (&work->told)) {
  case SYNC_PHASE_OFFLINE:
  case SYNC_PHASE_NEEDS_TRUST:
    sync_engine_retry (work->engine, NULL);
    g_usleep (20000);
    break;
  case SYNC_PHASE_CONNECTING:
  case SYNC_PHASE_SYNCING:
  case SYNC_PHASE_IN_STEP:
  case SYNC_PHASE_NEEDS_PASSWORD:
  case SYNC_PHASE_NEEDS_SIGN_IN:
  case SYNC_PHASE_LOCKED:
  case SYNC_PHASE_DISK:
    break;
  }
}

/* The client listens: everything was looked at. */
#define LISTENS(work, connection)                                                                  \
  LOOK_CAME (count_said (work->imap, connection, "* IDLE") > 0, PATIENCE_S)

static char *
judge_store (Work *work)
{
  static const char *const names[] = { "INBOX", "Other",  "Sent", "Archive",
                                       "Trash", "Drafts", "Junk", NULL };
  g_autoptr (GPtrArray) folders = store_folder_list (work->db, work->row, NULL);

  for (guint i = 0; i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);

    if (!g_strv_contains (names, folder->name))
      return g_strdup_printf ("there is a folder “%s”", folder->name);
    if (folder->server_total > 1)
      return g_strdup_printf ("“%s” is said to have %u messages", folder->name,
                              folder->server_total);
  }
  if (look_find (work->db, work->row, "INBOX", SUBJECT) == 0)
    return g_strdup ("the mail is not there");
  return NULL;
}

/* ---- untagged data in clear ---- */

static const struct
{
  const char *name, *line;
} told[] = {
  { "status", "* STATUS INBOX (MESSAGES 666 UNSEEN 666 UIDNEXT 667 UIDVALIDITY 66)" },
  { "status-other", "* STATUS Other (MESSAGES 666 UNSEEN 666 UIDNEXT 667 UIDVALIDITY 66)" },
  { "list", "* LIST (\\\\Sent) \\\"/\\\" evil" },
  { "namespace", "* NAMESPACE ((\\\"evil.\\\" \\\".\\\")) NIL NIL" },
  { "enabled",
    "* OK [CAPABILITY IMAP4rev1 STARTTLS QRESYNC] evil\\r\\n* ENABLED UTF8=ACCEPT QRESYNC" },
  { "fetch", "* 1 FETCH (UID 4 FLAGS (\\\\Deleted) BODY[] {4}\\r\\nevil)" },
  { "exists", "* 666 EXISTS" },
  { "vanished", "* VANISHED (EARLIER) 1:9" },
  { "alert", "* OK [ALERT] Call evil at once" },
  { "capability", "* CAPABILITY IMAP4rev1 STARTTLS NOTIFY CONDSTORE COMPRESS=DEFLATE AUTH=EVIL" },
};

static char *
run_told (const StarttlsCase *test)
{
  g_autoptr (Work) work = work_new ();
  g_autofree char *inside = dup_inside ("IDLE", NULL);
  g_auto (StarttlsTalk) talk = {
    .greeting = g_strdup ("* OK hello\\r\\n"),
    .offer = g_strdup ("* CAPABILITY IMAP4rev1 STARTTLS\\r\\n$tag OK told\\r\\n"),
    .answer = g_strdup ("$tag OK go\\r\\n"),
  };
  char *failure;

  starttls_talk_place (&talk, PLACE_OFFER, test->segment, test->attack);
  starttls_talk_place (&talk, PLACE_INSIDE, test->segment, test->attack);
  for (guint i = 0; i < 3; i++) /* whatever else it opens */
    add_imap (work, &talk, test->segment, inside);
  work_start (work);
  if (!LISTENS (work, 0))
    return g_strdup ("it did not get as far as listening");
  failure = judge_store (work);
  return failure != NULL ? failure : work_judge (work);
}

/* ---- what one connection tells the next ---- */

typedef struct
{
  const char *name;
  const char *greeting, *offer, *answer; /* of the attacked one */
  SyncPhase phase;                       /* that comes of it */
  gboolean second;                       /* the good one comes first, and is cut */
} Again;

static const Again agains[] = {
  { "quirk-words",
    "* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=ATOKEN] evil Exchange Server 2003\\r\\n", NULL,
    "$tag NO evil\\r\\n", SYNC_PHASE_NEEDS_TRUST, FALSE },
  { "bad-to-all", NULL, "$tag BAD evil\\r\\n", NULL, SYNC_PHASE_OFFLINE, FALSE },
  { "stripped", NULL, "* CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=EVIL\\r\\n$tag OK evil\\r\\n", NULL,
    SYNC_PHASE_NEEDS_TRUST, FALSE },
  { "stripped-later", NULL, "* CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=EVIL\\r\\n$tag OK evil\\r\\n",
    NULL, SYNC_PHASE_NEEDS_TRUST, TRUE },
  { "preauth-later", "* PREAUTH [CAPABILITY IMAP4rev1] evil\\r\\n", NULL, NULL,
    SYNC_PHASE_NEEDS_TRUST, TRUE },
  { "refused-later", NULL, NULL, "$tag NO [AUTHENTICATIONFAILED] evil\\r\\n",
    SYNC_PHASE_NEEDS_TRUST, TRUE },
  { "bye-later", "* BYE [REFERRAL imap://evil.example/] evil\\r\\n", NULL, NULL, SYNC_PHASE_OFFLINE,
    TRUE },
};

static char *
run_again (const StarttlsCase *test)
{
  const Again *again = test->attack;
  g_autoptr (Work) work = work_new ();
  g_autofree char *able = dup_inside ("IDLE NAMESPACE ENABLE CONDSTORE QRESYNC", NULL);
  g_autofree char *brief = dup_inside ("IDLE", "ONCE: $tag IDLE\nS: + idling\nCUT\n");
  g_auto (StarttlsTalk) talk = {
    .greeting = g_strdup (again->greeting != NULL ? again->greeting : "* OK hello\\r\\n"),
    .offer =
        g_strdup (again->offer != NULL ? again->offer
                                       : "* CAPABILITY IMAP4rev1 STARTTLS\\r\\n$tag OK told\\r\\n"),
    .answer = g_strdup (again->answer != NULL ? again->answer : "$tag OK go\\r\\n"),
  };
  guint attacked = again->second ? 1 : 0;
  char *failure;

  if (again->second)
    add_imap (work, NULL, SEGMENT_SAME, brief);
  add_imap (work, &talk, test->segment, "");
  for (guint i = 0; i < 3; i++)
    add_imap (work, NULL, SEGMENT_SAME, able);
  work_start (work);
  if (!LOOK_CAME (fake_server_count_connections (work->imap) > attacked
                      && engine_told_was_ever (&work->told, again->phase),
                  PATIENCE_S))
    return g_strdup ("the attack was not noticed");
  if (engine_told_get_passwords (&work->told) != attacked)
    return g_strdup ("a password was got out for it");
  if (!LOOK_CAME ((press_retry (work), count_said (work->imap, attacked + 1, "* IDLE") > 0),
                  PATIENCE_S))
    return g_strdup ("it does not come back");
  if (count_said (work->imap, attacked + 1, "* NAMESPACE") != 1
      || count_said (work->imap, attacked + 1, "* ENABLE QRESYNC*") != 1)
    return g_strdup ("the next connection suffers for it");
  failure = judge_store (work);
  return failure != NULL ? failure : work_judge (work);
}

/* Who could not be trusted here may be trusted there: another network is tried by itself. */
static char *
run_network (const StarttlsCase *test)
{
  g_autoptr (Work) work = work_new ();
  g_autofree char *inside = dup_inside ("IDLE", NULL);
  g_auto (StarttlsTalk) talk = {
    .greeting = g_strdup ("* OK hello\\r\\n"),
    .offer = g_strdup ("* CAPABILITY IMAP4rev1 AUTH=EVIL\\r\\n$tag OK told\\r\\n"),
    .answer = g_strdup ("$tag OK go\\r\\n"),
  };

  add_imap (work, &talk, SEGMENT_SAME, "");
  for (guint i = 0; i < 3; i++)
    add_imap (work, NULL, SEGMENT_SAME, inside);
  work_start (work);
  if (!LOOK_CAME (engine_told_get_phase (&work->told) == SYNC_PHASE_NEEDS_TRUST, PATIENCE_S))
    return g_strdup ("the attack was not noticed");
  g_usleep (500000);
  /* That there is a network was known. */
  sync_engine_set_online (work->engine, TRUE);
  g_usleep (500000);
  if (fake_server_count_connections (work->imap) != 1)
    return g_strdup ("it is tried again where it was refused");
  sync_engine_moved (work->engine);
  if (!LISTENS (work, 1))
    return g_strdup ("another network is not tried");
  return work_judge (work);
}

/* ---- the sender ---- */

static const struct
{
  const char *name, *greeting, *offer, *answer;
} sends[] = {
  { "greeting-535", "535 5.7.8 evil\\r\\n", NULL, NULL },
  { "greeting-530", "530 evil\\r\\n", NULL, NULL },
  { "greeting-554", "554 5.7.8 evil\\r\\n", NULL, NULL },
  { "offer-535", NULL, "535 5.7.8 evil\\r\\n", NULL },
  { "offer-stripped", NULL, "250-evil\\r\\n250 AUTH PLAIN LOGIN\\r\\n", NULL },
  { "answer-534", NULL, NULL, "534 5.7.9 evil\\r\\n" },
  { "answer-454", NULL, NULL, "454 4.7.0 evil\\r\\n" },
  { "answer-lines", NULL, NULL, "220 go\\r\\n250 evil\\r\\n" },
};

static void
put_mail (Work *work)
{
  const char text[] = "From: tim@starttls.test\r\nSubject: private\r\n\r\n" STARTTLS_MAIL "\r\n";
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (StoreDraft) draft = store_draft_new ();
  char *recipients[] = { (char *)"bob@starttls.test", NULL };
  StoreOutbox outbox = { .account = work->row,
                         .draft = draft->id,
                         .message_id = (char *)"<b@starttls.test>",
                         .from = work->account->address,
                         .recipients = recipients,
                         .subject = (char *)SUBJECT };

  g_assert_true (store_draft_save (work->paths, draft, NULL));
  g_assert_true (store_outbox_add (work->db, &outbox, bytes, NULL));
}

static gboolean
is_explained (Work *work)
{
  g_autoptr (GPtrArray) rows = store_outbox_list (work->db, work->row, NULL);
  const StoreOutbox *row = rows->len > 0 ? g_ptr_array_index (rows, 0) : NULL;

  return row == NULL || (row->state != STORE_OUTBOX_SENDING && row->error != NULL);
}

static gboolean
is_sent (Work *work)
{
  g_autoptr (GPtrArray) rows = store_outbox_list (work->db, work->row, NULL);

  return rows->len == 0;
}

static char *
run_send (const StarttlsCase *test)
{
  guint n = GPOINTER_TO_UINT (test->attack);
  g_autoptr (Work) work = work_new ();
  g_autofree char *inside = dup_inside ("IDLE", NULL);
  const char *rules =
      "ON: EHLO *\nS: 250-mail.test\nS: 250 AUTH PLAIN\nON: AUTH PLAIN *\nS: 235 in\n"
      "ON: MAIL *\nS: 250 ok\nON: RCPT *\nS: 250 ok\nON: DATA\nS: 354 go\nD: *\nS: 250 taken\n"
      "ON: QUIT\nS: 221 bye\n";
  char *failure = NULL;

  for (guint i = 0; i < 3; i++)
    add_imap (work, NULL, SEGMENT_SAME, inside);
  for (guint i = 0; i < 6; i++) { /* a retry may cut one that is being made */
    gboolean good = i > 0;
    g_auto (StarttlsTalk) talk = {
      .greeting =
          g_strdup (!good && sends[n].greeting != NULL ? sends[n].greeting : "220 hello\\r\\n"),
      .offer = g_strdup (!good && sends[n].offer != NULL ? sends[n].offer
                                                         : "250-mail.test\\r\\n250 STARTTLS\\r\\n"),
      .answer = g_strdup (!good && sends[n].answer != NULL ? sends[n].answer : "220 go\\r\\n"),
    };
    g_autofree char *script =
        starttls_script (&talk, good ? SEGMENT_SAME : test->segment, "EHLO *", "STARTTLS", rules);
    FakeFaults faults = FAKE_NO_FAULTS;

    faults.piece = !good && test->segment == SEGMENT_BYTES;
    fake_server_add_script (work->smtp, script, &faults);
  }
  put_mail (work);
  work_start (work);
  if (!LOOK_CAME (fake_server_count_connections (work->smtp) > 0 && is_explained (work),
                  PATIENCE_S))
    return g_strdup ("the attack was not noticed");
  if (is_sent (work))
    return g_strdup ("it was sent all the same");
  failure = starttls_judge_files (work->folder);
  if (failure != NULL)
    return failure;
  sync_engine_retry (work->engine, NULL);
  if (!LOOK_CAME ((press_retry (work), is_sent (work)), PATIENCE_S))
    return g_strdup ("the mail was not sent when the attack was over");
  return work_judge (work);
}

/* ---- settings that say "plain" ---- */

static const char *const plain[] = { "plain", "none",     "clear",
                                     "never", "optional", "starttls-if-offered",
                                     "0" };

static char *
run_plain (const StarttlsCase *test)
{
  gboolean imap = test->variant == 0;
  g_autofree char *folder = g_dir_make_tmp ("sosik-starttls-XXXXXX", NULL);
  g_autoptr (BasePaths) paths = base_paths_new (folder, NULL);
  g_autofree char *text = g_strdup_printf (
      "[Account]\nAddress=tim@starttls.test\n[IMAP]\nHost=127.0.0.1\nPort=143\nUser=tim\nSecurity=%s\n"
      "[SMTP]\nHost=127.0.0.1\nPort=587\nUser=tim\nSecurity=%s\n",
      imap ? (const char *)test->attack : "tls", imap ? "tls" : (const char *)test->attack);
  g_autofree char *dir = g_build_filename (folder, "config", "accounts", NULL);
  g_autofree char *path = g_build_filename (dir, "plain.ini", NULL);
  g_auto (GStrv) broken = NULL;
  g_autoptr (GPtrArray) accounts = NULL;
  guint n;

  g_mkdir_with_parents (dir, 0700);
  if (!g_file_set_contents (path, text, -1, NULL))
    return g_strdup ("the file could not be written");
  accounts = base_account_load_all (paths, &broken);
  n = accounts->len;
  base_paths_remove_tree (folder);
  if (n > 0)
    return g_strdup ("the account is taken");
  if (broken == NULL || broken[0] == NULL)
    return g_strdup ("nobody is told");
  return NULL;
}

void
starttls_add_engine (GPtrArray *cases)
{
  static const Segment segments[] = { SEGMENT_SAME, SEGMENT_BYTES };

  for (guint s = 0; s < G_N_ELEMENTS (segments); s++) {
    for (guint i = 0; i < G_N_ELEMENTS (told); i++)
      starttls_add (cases, g_strdup_printf ("engine/told/%s", told[i].name), run_told, told[i].line,
                    segments[s], PLACE_INSIDE, 0);
    for (guint i = 0; i < G_N_ELEMENTS (agains); i++)
      starttls_add (cases, g_strdup_printf ("engine/again/%s", agains[i].name), run_again,
                    &agains[i], segments[s], PLACE_INSIDE, 0);
    for (guint i = 0; i < G_N_ELEMENTS (sends); i++)
      starttls_add (cases, g_strdup_printf ("engine/send/%s", sends[i].name), run_send,
                    GUINT_TO_POINTER (i), segments[s], PLACE_INSIDE, 0);
  }
  starttls_add (cases, g_strdup ("engine/network"), run_network, NULL, SEGMENT_SAME, PLACE_OFFER,
                0);
  for (guint i = 0; i < G_N_ELEMENTS (plain); i++) {
    for (guint variant = 0; variant < 2; variant++)
      starttls_add (cases,
                    g_strdup_printf ("settings/%s/%s", variant == 0 ? "imap" : "smtp", plain[i]),
                    run_plain, plain[i], SEGMENT_SAME, PLACE_GREETING, variant);
  }
}
