/* The message list as the place where mail is searched: the bar above, what was found in place of the folder, and the folder as it was when the
 * search is over.  Main thread. */
#include "ui-list-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-layout.h"
#include "base-query.h"
#include "mail-place.h"

/* What is farther from the end than so many heights of the window need not be there yet. */
#define NEAR_END 2.0

gboolean
ui_list_is_searching (UiList *self)
{
  return self->search != NULL;
}

static gboolean
is_blank (const char *text)
{
  for (; *text; text = g_utf8_next_char (text))
    if (!g_unichar_isspace (g_utf8_get_char (text)))
      return FALSE;
  return TRUE;
}

/* Where "This Folder" is: drafts and outbox are none. */
static MailFolder *
get_place (UiList *self)
{
  MailFolder *place = ui_list_is_searching (self) ? self->before.folder : self->folder;
  return place && !mail_folder_is_search (place) && !mail_folder_get_sender (place) ? place : NULL;
}

static MailFolder *
get_within (UiList *self)
{
  return ui_search_bar_get_everywhere (self->search_bar) ? NULL : get_place (self);
}

/* ---- what is said ---- */

static char *
describe_total (UiList *self)
{
  guint n;
  if (!mail_message_list_get_total (self->messages, &n))
    return g_strdup ("");
  if (n >= MAIL_SEARCH_COUNTED)
    return g_strdup_printf (ngettext ("More than %'u message", "More than %'u messages", n), n - 1);
  return n == 0 ? g_strdup (_ ("No messages"))
                : g_strdup_printf (ngettext ("%'u message", "%'u messages", n), n);
}

static void
update_result (UiList *self)
{
  gint64 up_to;
  if (!ui_list_is_searching (self) || !self->messages)
    return;
  g_autofree char *here = describe_total (self);
  gboolean asking = self->server && mail_server_search_get_running (self->server);
  gboolean busy = mail_message_list_get_loading (self->messages) || asking;
  const char *there = self->server ? mail_server_search_get_sentence (self->server) : NULL;
  g_autofree char *total = there && *there
                               ? g_strdup_printf ("%s%s%s", here, *here ? " · " : "", there)
                               : g_strdup (here);
  ui_search_bar_set_progress (self->search_bar,
                              asking ? mail_server_search_get_progress (self->server) : -1);
  ui_search_bar_set_server (self->search_bar, asking          ? _ ("Cancel")
                                              : !self->server ? _ ("Search on Server")
                                                              : NULL);
  if (mail_message_list_is_whole (self->messages, &up_to)) {
    ui_search_bar_set_result (self->search_bar, total, busy);
    return;
  }
  if (up_to < 0) { /* some mail has come just now */
    ui_search_bar_set_result (self->search_bar, total, busy);
    return;
  }
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_local (up_to);
  g_autofree char *month = when ? g_date_time_format (when, C_ ("search", "%B %Y")) : g_strdup ("");
  /* Translators: a month and a year; the text of mail before that is not in the index yet */
  g_autofree char *lacking =
      up_to >= G_MAXINT32
          ? g_strdup (_ ("Mail is still being read, and found by subject and people"))
          : g_strdup_printf (
              _ ("Indexed up to %s: older mail is still being read, and found by subject and people"),
              month);
  g_autofree char *both = *total ? g_strdup_printf ("%s · %s", total, lacking) : g_strdup (lacking);
  ui_search_bar_set_result (self->search_bar, both, busy);
}

static void
say_problem (UiList *self, const char *sentence, const char *instead)
{
  ui_search_bar_set_problem (self->search_bar, sentence, instead);
  self->has_problem = sentence != NULL;
  ui_list_update_bar (self);
}

static void
update_problem (UiList *self)
{
  BaseQuery *query = self->messages ? mail_message_list_get_query (self->messages) : NULL;
  GPtrArray *problems = query ? base_query_get_problems (query) : NULL;
  if (!problems || problems->len == 0) {
    guint n;
    gboolean none = query && mail_message_list_get_total (self->messages, &n) && n == 0;
    g_autofree char *meant = none ? base_layout_correct (base_query_get_typed (query)) : NULL;
    say_problem (self, meant ? _ ("Typed with another keyboard layout?") : NULL, meant);
    return;
  }
  const BaseQueryProblem *problem = problems->pdata[0];
  say_problem (self, problem->sentence, problem->instead);
}

static void
open_sought (UiList *self)
{
  if (self->sought == 0 || mail_message_list_find (self->messages, self->sought) == G_MAXUINT)
    return;
  gint64 id = self->sought;
  self->sought = 0;
  ui_list_select (self, id);
  ui_list_opened (self);
}

static void
on_found (UiList *self)
{
  update_result (self);
  update_problem (self);
  ui_list_update_page (self);
}

/* ---- on the servers ---- */

static void
forget_server (UiList *self)
{
  if (!self->server)
    return;
  g_signal_handlers_disconnect_by_data (self->server, self);
  mail_server_search_cancel (self->server);
  g_clear_object (&self->server);
}

void
ui_list_note_search (UiList *self)
{
  if (ui_list_is_searching (self))
    mail_engine_note_recent_search (self->engine, ui_search_bar_get_text (self->search_bar));
}

/* What comes of it is found as it comes. */
static void
on_server (UiList *self)
{
  if (!ui_list_is_searching (self))
    return;
  if (self->server) {
    mail_server_search_cancel (self->server);
    return;
  }
  ui_list_note_search (self);
  self->server = mail_server_search_new (self->engine, get_within (self),
                                         ui_search_bar_get_text (self->search_bar));
  g_signal_connect_swapped (self->server, "notify", G_CALLBACK (update_result), self);
  update_result (self);
}

/* ---- more, as somebody comes near the end ---- */

static void
on_scrolled (UiList *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->pane->scrolled);
  double page = gtk_adjustment_get_page_size (adjustment);
  if (self->messages && mail_message_list_has_more (self->messages)
      && gtk_adjustment_get_value (adjustment) + (1 + NEAR_END) * page
             >= gtk_adjustment_get_upper (adjustment)
      && gtk_adjustment_get_value (adjustment) > 0)
    mail_message_list_want_more (self->messages, FALSE);
}

static void
on_all_here (UiList *self)
{
  gboolean wanted = mail_message_list_wants_all (self->messages);
  if (wanted
      && (mail_message_list_has_more (self->messages)
          || mail_message_list_get_rearranging (self->messages)))
    return;
  ui_list_forget_all_found (self);
  if (wanted) /* else they are others by now, or could not be read */
    gtk_selection_model_select_all (GTK_SELECTION_MODEL (self->selection));
}

void
ui_list_forget_all_found (UiList *self)
{
  g_signal_handlers_disconnect_by_func (self->messages, on_all_here, self);
  g_signal_handlers_disconnect_by_func (self->selection, ui_list_forget_all_found, self);
}

gboolean
ui_list_select_all_found (UiList *self)
{
  if (!mail_message_list_has_more (self->messages))
    return FALSE;
  ui_list_forget_all_found (self);
  g_signal_connect_swapped (self->messages, "settled", G_CALLBACK (on_all_here), self);
  g_signal_connect_swapped (self->selection, "became", G_CALLBACK (ui_list_forget_all_found), self);
  mail_message_list_want_more (self->messages, TRUE);
  return TRUE;
}

static gboolean
on_select_all (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  ui_list_select_all (data);
  return GDK_EVENT_STOP;
}

/* The keys by which GtkListView selects all of its rows: those that are still to be read are meant, too. */
static void
watch_select_all (UiList *self, UiListPane *pane)
{
  static const guint keys[] = { GDK_KEY_a, GDK_KEY_slash };
  GtkEventController *shortcuts = gtk_shortcut_controller_new ();
  gtk_event_controller_set_propagation_phase (shortcuts, GTK_PHASE_CAPTURE);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_shortcut_controller_add_shortcut (
        GTK_SHORTCUT_CONTROLLER (shortcuts),
        gtk_shortcut_new (gtk_keyval_trigger_new (keys[i], GDK_CONTROL_MASK),
                          gtk_callback_action_new (on_select_all, self, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (pane->scrolled), shortcuts);
}

/* By a person's hands. */
static gboolean
on_wheel (UiList *self)
{
  ui_search_bar_hush (self->search_bar);
  return GDK_EVENT_PROPAGATE;
}

static void
watch_wheel (UiList *self, UiListPane *pane)
{
  GtkEventController *wheel =
      gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  gtk_event_controller_set_propagation_phase (wheel, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (wheel, "scroll", G_CALLBACK (on_wheel), self);
  gtk_widget_add_controller (GTK_WIDGET (pane->scrolled), wheel);
}

/* ---- from the words to the rows ---- */

/* The rows stay until those of the words as they are now have come: only these are meant. */
static void
on_entered (UiList *self)
{
  GListModel *model = G_LIST_MODEL (self->messages);
  self->entered = ui_list_is_searching (self) && mail_message_list_get_loading (self->messages);
  if (!model || self->entered || g_list_model_get_n_items (model) == 0)
    return;
  ui_list_note_search (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->pane->view));
  if (self->n_selected == 0 && !self->checking)
    ui_selection_select_only (self->selection, 0);
  ui_list_reveal (self, ui_selection_get_first (self->selection), TRUE);
}

/* Somebody has gone on to the rows before they were there, and to nothing else since. */
static void
enter_now (UiList *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root ? gtk_root_get_focus (root) : NULL;
  if (!self->entered || mail_message_list_get_loading (self->messages))
    return;
  self->entered = FALSE;
  if (focus && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->search_bar)))
    on_entered (self);
}

/* ---- to and fro ---- */

static void
keep_before (UiList *self)
{
  self->before.folder = self->folder ? g_object_ref (self->folder) : NULL;
  self->before.messages = self->messages ? g_object_ref (self->messages) : NULL;
  self->before.selection = self->selection ? g_object_ref (self->selection) : NULL;
  self->before.scrolled =
      gtk_adjustment_get_value (gtk_scrolled_window_get_vadjustment (self->pane->scrolled));
  self->before.outgoing = self->showing_outgoing;
}

void
ui_list_drop_before (UiList *self)
{
  g_clear_object (&self->before.folder);
  g_clear_object (&self->before.messages);
  g_clear_object (&self->before.selection);
  self->before.outgoing = FALSE;
}

static void
set_searching (UiList *self, MailFolder *search)
{
  g_set_object (&self->search, search);
  ui_list_update_tools (self);
}

/* What the bar says, in a list of its own. */
static void
show_found (UiList *self)
{
  g_autoptr (MailFolder) search =
      mail_folder_new_search (C_ ("folder", "Search"), ui_search_bar_get_text (self->search_bar),
                              get_within (self), ui_search_bar_get_best (self->search_bar));
  set_searching (self, search);
  ui_list_take_folder (self, search);
  g_signal_connect_swapped (self->messages, "found", G_CALLBACK (on_found), self);
  g_signal_connect_swapped (self->messages, "settled", G_CALLBACK (open_sought), self);
  g_signal_connect_swapped (self->messages, "settled", G_CALLBACK (enter_now), self);
  g_signal_connect_swapped (self->messages, "notify::loading", G_CALLBACK (update_result), self);
}

static void
begin (UiList *self)
{
  ui_list_set_checking (self, FALSE);
  keep_before (self);
  ui_list_show_pane (self, TRUE);
  self->showing_outgoing = FALSE;
  show_found (self);
}

void
ui_list_search_anew (UiList *self)
{
  g_clear_object (&self->before.messages);
  g_clear_object (&self->before.selection);
  gtk_list_view_set_model (self->own.view, NULL);
  show_found (self);
  update_result (self);
}

/* The folder as it was: the same rows, the same ones selected, at the same place. */
static void
end (UiList *self)
{
  g_autoptr (MailFolder) folder = g_steal_pointer (&self->before.folder);
  g_autoptr (MailMessageList) messages = g_steal_pointer (&self->before.messages);
  g_autoptr (UiSelection) selection = g_steal_pointer (&self->before.selection);
  if (!ui_list_is_searching (self))
    return;
  ui_list_set_checking (self, FALSE);
  forget_server (self);
  set_searching (self, NULL);
  self->showing_outgoing = self->before.outgoing;
  ui_list_show_pane (self, FALSE);
  if (folder && !messages) /* it is to be shown in another way now */
    ui_list_take_folder (self, folder);
  else
    ui_list_put_back (self, folder, messages, selection, self->before.scrolled);
  ui_list_drop_before (self);
}

static void
on_changed (UiList *self)
{
  const char *text = ui_search_bar_get_text (self->search_bar);
  self->sought = 0;
  self->entered = FALSE;
  forget_server (self);
  if (is_blank (text) || !self->engine) { /* before the first folder is shown there is no mail */
    end (self);
    ui_search_bar_set_result (self->search_bar, "", FALSE);
    update_problem (self);
    return;
  }
  if (!ui_list_is_searching (self))
    begin (self);
  else
    mail_message_list_set_query (self->messages, text, get_within (self),
                                 ui_search_bar_get_best (self->search_bar));
  self->reordered = TRUE;
  ui_list_go_to_top (self);
  update_problem (self);
  update_result (self);
  ui_list_update_page (self);
}

/* ---- public ---- */

char *
ui_list_dup_typed (UiList *self, char **name, gboolean *best)
{
  MailFolder *within = get_within (self);
  const char *text = ui_search_bar_get_text (self->search_bar);
  *best = ui_search_bar_get_best (self->search_bar);
  if (!ui_list_is_searching (self) || !within) {
    *name = g_strdup (ui_list_is_searching (self) ? text : "");
    return g_strdup (*name);
  }
  g_autofree char *shown = mail_place_write_short (self->engine, within);
  *name = g_strdup_printf ("%s %s", text, shown);
  return mail_place_narrow (self->engine, within, text);
}

void
ui_list_open_search (UiList *self)
{
  MailFolder *place = get_place (self);
  gtk_toggle_button_set_active (self->search_button, TRUE);
  ui_search_bar_set_engine (self->search_bar, self->engine);
  ui_search_bar_set_place (self->search_bar, place ? mail_folder_get_name (place) : NULL);
  ui_search_bar_open (self->search_bar);
}

gboolean
ui_list_type_search (UiList *self, GtkEventControllerKey *controller)
{
  MailFolder *place = get_place (self);
  ui_search_bar_set_place (self->search_bar, place ? mail_folder_get_name (place) : NULL);
  ui_search_bar_set_engine (self->search_bar, self->engine);
  if (!ui_search_bar_type (self->search_bar, controller))
    return FALSE;
  gtk_toggle_button_set_active (self->search_button, TRUE);
  return TRUE;
}

void
ui_list_search (UiList *self, const char *text, gint64 item)
{
  ui_search_bar_set_everywhere (self->search_bar, TRUE);
  ui_search_bar_set_text (self->search_bar, text);
  self->sought = item;
  if (self->messages && ui_list_is_searching (self))
    open_sought (self);
}

static void
close_bar (UiList *self)
{
  ui_search_bar_close (self->search_bar);
  self->has_problem = FALSE;
  ui_list_update_bar (self);
  gtk_toggle_button_set_active (self->search_button, FALSE);
}

gboolean
ui_list_close_search (UiList *self)
{
  if (!ui_search_bar_is_open (self->search_bar))
    return FALSE;
  end (self);
  close_bar (self);
  ui_list_focus (self);
  return TRUE;
}

void
ui_list_leave_search (UiList *self)
{
  forget_server (self);
  set_searching (self, NULL);
  ui_list_show_pane (self, FALSE);
  ui_list_drop_before (self);
  close_bar (self);
}

void
ui_list_show_search_help (UiList *self)
{
  ui_search_bar_show_help (self->search_bar);
}

void
ui_list_search_everywhere (UiList *self)
{
  ui_search_bar_set_everywhere (self->search_bar, TRUE);
}

static void
on_closed (UiList *self)
{
  ui_list_close_search (self);
}

static void
on_search_toggled (UiList *self)
{
  gboolean wanted = gtk_toggle_button_get_active (self->search_button);
  if (wanted && !ui_search_bar_is_open (self->search_bar))
    ui_list_open_search (self);
  else if (!wanted)
    ui_list_close_search (self);
}

void
ui_list_class_init_search (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_callback (widget_class, on_search_toggled);
}

void
ui_list_watch_pane (UiList *self, UiListPane *pane)
{
  watch_select_all (self, pane);
  watch_wheel (self, pane);
  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (pane->scrolled), "value-changed",
                           G_CALLBACK (on_scrolled), self, G_CONNECT_SWAPPED);
}

void
ui_list_init_search (UiList *self)
{
  g_signal_connect_swapped (self->search_bar, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (self->search_bar, "closed", G_CALLBACK (on_closed), self);
  g_signal_connect_swapped (self->search_bar, "server", G_CALLBACK (on_server), self);
  g_signal_connect_swapped (self->search_bar, "entered", G_CALLBACK (on_entered), self);
}
