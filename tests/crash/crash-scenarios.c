/* What is killed: the scenarios.  Pure lists of steps; each ends in one state only, whatever its order was cut into. */
#include "crash-child.h"
#include "model-server.h"

#define THREE      "deliver INBOX m1;deliver INBOX m2 \\Seen;deliver INBOX m3 \\Flagged"
#define NO_MOVE    "IMAP4rev1 IDLE UIDPLUS CONDSTORE ESEARCH LITERAL+ SASL-IR ENABLE"
#define NO_UIDPLUS "IMAP4rev1 IDLE LITERAL+ SASL-IR"
#define PLAIN      MODEL_CAPS_PLAIN

static void
just_sync (Child *child)
{
  step_sync (child);
}

static void
new_mail (Child *child)
{
  step_sync (child);
  step_act (child, "deliver INBOX n1");
  step_await (child, "INBOX", "n1", TRUE);
}

static void
new_mails (Child *child)
{
  step_sync (child);
  step_act (child, "many INBOX n 40");
  step_await (child, "INBOX", "n39", TRUE);
}

static void
new_elsewhere (Child *child)
{
  step_act (child, "deliver Archive n1 \\Seen");
  step_act (child, "deliver Junk n2");
  step_sync (child);
  step_await (child, "Archive", "n1", TRUE);
}

static void
seen_here (Child *child)
{
  step_sync (child);
  step_flag (child, "INBOX", "m1", TRUE, STORE_FLAG_SEEN);
  step_sync (child);
  step_flag (child, "INBOX", "m2", FALSE, STORE_FLAG_SEEN);
  step_sync (child);
}

static void
marks_here (Child *child)
{
  step_flag (child, "INBOX", "m1", TRUE, STORE_FLAG_FLAGGED);
  step_flag (child, "INBOX", "m2", TRUE, STORE_FLAG_ANSWERED);
  step_flag (child, "INBOX", "m3", FALSE, STORE_FLAG_FLAGGED);
  step_flag (child, "INBOX", "m3", TRUE, STORE_FLAG_FORWARDED);
  step_sync (child);
}

static void
marks_there (Child *child)
{
  step_sync (child);
  step_act (child, "flags INBOX m1 + \\Seen");
  step_act (child, "flags INBOX m3 - \\Flagged");
  step_act (child, "flags INBOX m2 + \\Answered");
  step_sync (child);
}

static void
marks_conflict (Child *child)
{
  step_sync (child);
  step_go_offline (child);
  step_flag (child, "INBOX", "m1", TRUE, STORE_FLAG_SEEN);
  step_flag (child, "INBOX", "m3", FALSE, STORE_FLAG_FLAGGED);
  step_act (child, "flags INBOX m1 + \\Answered");
  step_act (child, "flags INBOX m2 - \\Seen");
  step_go_online (child);
  step_sync (child);
}

static void
move_one (Child *child)
{
  step_sync (child);
  step_move (child, "INBOX", "m1", "Archive");
  step_sync (child);
}

static void
move_marked (Child *child)
{
  step_move (child, "INBOX", "m1", "Archive");
  step_flag (child, "Archive", "m1", TRUE, STORE_FLAG_SEEN | STORE_FLAG_FLAGGED);
  step_move (child, "Archive", "m1", "Junk");
  step_sync (child);
}

static void
move_many (Child *child)
{
  step_sync (child);
  step_move_all (child, "INBOX", "a", "Archive");
  step_sync (child);
}

static void
archive_undo (Child *child)
{
  step_sync (child);
  step_move (child, "INBOX", "m1", "Archive");
  step_undo_move (child, "INBOX", "m1", "Archive");
  step_sync (child);
}

static void
archive_late_undo (Child *child)
{
  step_sync (child);
  step_move (child, "INBOX", "m1", "Archive");
  step_sync (child);
  step_undo_move (child, "INBOX", "m1", "Archive");
  step_sync (child);
}

static void
to_trash (Child *child)
{
  step_sync (child);
  step_move (child, "INBOX", "m2", "Trash");
  step_sync (child);
}

static void
for_good (Child *child)
{
  step_sync (child);
  step_delete (child, "INBOX", "m1");
  step_sync (child);
}

static void
copy_one (Child *child)
{
  step_sync (child);
  step_copy (child, "INBOX", "m3", "Archive");
  step_sync (child);
}

static void
copy_and_mark (Child *child)
{
  step_copy (child, "INBOX", "m1", "Archive");
  step_flag (child, "Archive", "m1", TRUE, STORE_FLAG_SEEN);
  step_sync (child);
}

static void
append_one (Child *child)
{
  step_sync (child);
  step_append (child, "Archive", "p1");
  step_sync (child);
}

static void
draft_save (Child *child)
{
  step_save_draft (child, "d1", "first words", 0);
  step_save_draft (child, "d2", "others", 0);
}

/* Nothing of the profile is there before. */
static void
draft_first (Child *child)
{
  step_save_draft (child, "d1", "first words", 300);
  step_send (child, "s1", "bob@crash.test", 200, 0);
  step_sync (child);
}

static void
draft_edit (Child *child)
{
  step_save_draft (child, "d1", "first words", 0);
  step_save_draft (child, "d1", "first words, and more", 20000);
  step_save_draft (child, "d1", "all of it", 0);
}

static void
draft_discard (Child *child)
{
  step_save_draft (child, "d1", "first words", 20000);
  step_save_draft (child, "d2", "stays", 0);
  step_discard_draft (child, "d1");
}

/* One version is there in the end, whenever it was interrupted. */
static void
draft_copy (Child *child)
{
  step_put_draft (child, "v1", NULL);
  step_sync (child);
  step_put_draft (child, "v2", "v1");
  step_put_draft (child, "v3", "v2");
  step_sync (child);
}

static void
send_one (Child *child)
{
  step_sync (child);
  step_send (child, "s1", "bob@crash.test", 200, 0);
  step_sync (child);
}

static void
send_attached (Child *child)
{
  step_send (child, "s1", "bob@crash.test,kim@crash.test", 200, 60000);
  step_sync (child);
}

static void
send_refused (Child *child)
{
  step_send (child, "s1", "nobody@crash.test,bob@crash.test", 200, 0);
  step_send (child, "s2", "bob@crash.test", 200, 0);
  step_sync (child);
}

static void
send_refused_edit (Child *child)
{
  step_send (child, "s1", "nobody@crash.test", 200, 0);
  step_sync (child);
  step_edit_failed (child, "s1");
}

static void
send_offline (Child *child)
{
  step_sync (child);
  step_go_offline (child);
  step_send (child, "s1", "bob@crash.test", 200, 0);
  step_go_online (child);
  step_sync (child);
}

static void
send_big (Child *child)
{
  step_sync (child);
  step_send (child, "s1", "bob@crash.test", 500, 1500000);
  step_sync (child);
}

static void
send_three (Child *child)
{
  step_send (child, "s1", "bob@crash.test", 200, 0);
  step_send (child, "s2", "bob@crash.test", 300, 0);
  step_send (child, "s3", "alice@crash.test", 400, 0);
  step_sync (child);
}

static void
folder_create (Child *child)
{
  step_sync (child);
  step_create_folder (child, "Work");
  step_move (child, "INBOX", "m1", "Work");
  step_sync (child);
}

static void
folder_rename (Child *child)
{
  step_sync (child);
  step_rename_folder (child, "Projects", "Done");
  step_move (child, "INBOX", "m1", "Done");
  step_sync (child);
}

static void
folder_delete (Child *child)
{
  step_sync (child);
  step_delete_folder (child, "Projects");
  step_sync (child);
}

static void
folder_subscribe (Child *child)
{
  step_sync (child);
  step_subscribe_folder (child, "Projects", TRUE);
  step_subscribe_folder (child, "Junk", FALSE);
  step_sync (child);
}

static void
folders_there (Child *child)
{
  step_sync (child);
  step_act (child, "rename Projects Finished");
  step_act (child, "create Fresh");
  step_act (child, "deliver Fresh f1");
  step_sync (child);
}

static void
renumbered (Child *child)
{
  step_sync (child);
  step_act (child, "renumber INBOX");
  step_sync (child);
}

static void
renumbered_pending (Child *child)
{
  step_sync (child);
  step_go_offline (child);
  step_flag (child, "INBOX", "m1", TRUE, STORE_FLAG_SEEN);
  step_move (child, "INBOX", "m2", "Archive");
  step_delete (child, "INBOX", "m3");
  step_act (child, "renumber INBOX");
  step_act (child, "renumber Archive");
  step_go_online (child);
  step_sync (child);
}

static void
vanished (Child *child)
{
  step_sync (child);
  step_act (child, "expunge INBOX m2");
  step_await (child, "INBOX", "m2", FALSE);
}

static void
vanished_pending (Child *child)
{
  step_sync (child);
  step_go_offline (child);
  step_flag (child, "INBOX", "m1", TRUE, STORE_FLAG_SEEN);
  step_move (child, "INBOX", "m2", "Archive");
  step_act (child, "expunge INBOX m1");
  step_act (child, "move INBOX m2 Junk");
  step_go_online (child);
  step_sync (child);
}

static void
catch_up (Child *child)
{
  step_act (child, "many INBOX n 12");
  step_act (child, "flags INBOX m1 + \\Seen");
  step_act (child, "expunge INBOX m2");
  step_act (child, "move INBOX m3 Archive");
  step_sync (child);
}

static void
open_body (Child *child)
{
  step_sync (child);
  step_open (child, "INBOX", "m2");
  step_open (child, "INBOX", "b1");
}

static void
account_add (Child *child)
{
  step_sync (child);
  step_add_account (child);
  step_sync (child);
}

static void
account_remove (Child *child)
{
  step_add_account (child);
  step_sync (child);
  step_remove_account (child);
  step_sync (child);
}

static void
account_across (Child *child)
{
  step_add_account (child);
  step_sync (child);
  step_move_across (child, "INBOX", "m1", "Archive");
  step_move_across (child, "INBOX", "m2", "Archive");
  step_sync (child);
}

static void
compact (Child *child)
{
  step_sync (child);
  step_move_all (child, "INBOX", "a", "Archive");
  step_sync (child);
  for (guint i = 0; i < 10; i++) {
    g_autofree char *name = g_strdup_printf ("a%u", i);

    step_delete (child, "Archive", name);
  }
  step_sync (child);
}

static void
everything (Child *child)
{
  step_act (child, "deliver INBOX n1");
  step_flag (child, "INBOX", "m1", TRUE, STORE_FLAG_SEEN);
  step_move (child, "INBOX", "m2", "Archive");
  step_send (child, "s1", "bob@crash.test", 200, 3000);
  step_save_draft (child, "d1", "not yet", 0);
  step_copy (child, "INBOX", "m3", "Projects");
  step_rename_folder (child, "Projects", "Plans");
  step_sync (child);
}

const Scenario crash_scenarios[] = {
  { "first-sync", NULL, NULL, SCENARIO_FRESH, THREE ";many Archive a 20", just_sync },
  { "first-sync-condstore", MODEL_CAPS_CONDSTORE, NULL, SCENARIO_FRESH, THREE ";many Archive a 20",
    just_sync },
  { "first-sync-plain", PLAIN, NULL, SCENARIO_FRESH, THREE ";many Archive a 20", just_sync },
  { "first-sync-many", NULL, NULL, SCENARIO_FRESH, "many INBOX a 150", just_sync },
  { "resync-qresync", NULL, NULL, 0, THREE, catch_up },
  { "resync-condstore", MODEL_CAPS_CONDSTORE, NULL, 0, THREE, catch_up },
  { "resync-plain", PLAIN, NULL, 0, THREE, catch_up },
  { "new-mail", NULL, NULL, 0, THREE, new_mail },
  { "new-mails", NULL, NULL, 0, THREE, new_mails },
  { "new-elsewhere", NULL, NULL, 0, THREE, new_elsewhere },
  { "seen-here", NULL, NULL, 0, THREE, seen_here },
  { "seen-here-plain", PLAIN, NULL, 0, THREE, seen_here },
  { "marks-here", NULL, NULL, 0, THREE, marks_here },
  { "marks-there", NULL, NULL, 0, THREE, marks_there },
  { "marks-conflict", NULL, NULL, 0, THREE, marks_conflict },
  { "move", NULL, NULL, 0, THREE, move_one },
  { "move-without-move", NO_MOVE, NULL, 0, THREE, move_one },
  { "move-without-uidplus", NO_UIDPLUS, NULL, 0, THREE, move_one },
  { "move-marked", NULL, NULL, 0, THREE, move_marked },
  { "move-marked-plain", PLAIN, NULL, 0, THREE, move_marked },
  { "move-many", NO_MOVE, NULL, 0, "many INBOX a 30", move_many },
  { "archive-undo", NULL, NULL, 0, THREE, archive_undo },
  { "archive-late-undo", NULL, NULL, 0, THREE, archive_late_undo },
  { "to-trash", NULL, NULL, 0, THREE, to_trash },
  { "delete-for-good", NULL, NULL, 0, THREE, for_good },
  { "delete-for-good-plain", PLAIN, NULL, 0, THREE, for_good },
  { "copy", NULL, NULL, 0, THREE, copy_one },
  { "copy-and-mark-plain", PLAIN, NULL, 0, THREE, copy_and_mark },
  { "append", NULL, NULL, 0, THREE, append_one },
  { "append-plain", PLAIN, NULL, 0, THREE, append_one },
  { "draft-save", NULL, NULL, 0, "", draft_save },
  { "draft-first", NULL, NULL, SCENARIO_FRESH, "", draft_first },
  { "draft-edit", NULL, NULL, 0, "", draft_edit },
  { "draft-discard", NULL, NULL, 0, "", draft_discard },
  { "draft-copy", NULL, NULL, 0, "", draft_copy },
  { "draft-copy-plain", PLAIN, NULL, 0, "", draft_copy },
  { "send", NULL, NULL, 0, "", send_one },
  { "send-plain-server", PLAIN, MODEL_SMTP_PLAIN, 0, "", send_one },
  { "send-attached", NULL, NULL, 0, "", send_attached },
  { "send-filed-by-provider", NULL, NULL, SCENARIO_FILES_SENT, "", send_one },
  { "send-one-refused", NULL, NULL, 0, "refuse nobody@crash.test 550 5.1.1 no such user",
    send_refused },
  { "send-refused-edit", NULL, NULL, 0, "refuse nobody@crash.test 550 5.1.1 no such user",
    send_refused_edit },
  { "send-offline", NULL, NULL, 0, "", send_offline },
  { "send-big", NULL, NULL, SCENARIO_LARGE, "", send_big },
  { "send-three", NULL, MODEL_SMTP_PLAIN, 0, "", send_three },
  { "folder-create", NULL, NULL, 0, THREE, folder_create },
  { "folder-rename", NULL, NULL, 0,
    THREE ";create Projects;create Projects/One;deliver Projects/One q1", folder_rename },
  { "folder-delete", NULL, NULL, 0, THREE ";create Projects;deliver Projects q1", folder_delete },
  { "folder-subscribe", NULL, NULL, 0, THREE ";create Projects", folder_subscribe },
  { "folders-there", NULL, NULL, 0, THREE ";create Projects;deliver Projects q1", folders_there },
  { "renumbered", NULL, NULL, 0, THREE, renumbered },
  { "renumbered-plain", PLAIN, NULL, 0, THREE, renumbered },
  { "renumbered-pending", NULL, NULL, 0, THREE, renumbered_pending },
  { "vanished", NULL, NULL, 0, THREE, vanished },
  { "vanished-pending", NULL, NULL, 0, THREE ";many INBOX a 10", vanished_pending },
  { "body-policy", NULL, NULL, SCENARIO_FRESH | SCENARIO_FEW_BODIES, THREE ";big INBOX b1 200000",
    open_body },
  { "account-add", NULL, NULL, 0, THREE, account_add },
  { "account-remove", NULL, NULL, 0, THREE, account_remove },
  { "account-across", NULL, NULL, 0, THREE, account_across },
  { "account-across-plain", PLAIN, NULL, 0, THREE, account_across },
  { "migration", NULL, NULL, SCENARIO_FRESH | SCENARIO_OLD, THREE, just_sync },
  { "compaction", NULL, NULL, SCENARIO_SMALL_PACKS, "many INBOX a 30", compact },
  { "everything", NULL, NULL, 0, THREE ";create Projects", everything },
};
const guint crash_n_scenarios = G_N_ELEMENTS (crash_scenarios);
