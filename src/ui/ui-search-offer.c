/* The list beneath the entry of the search.  Main thread.  Everybody who is known is read once while the bar is open (mail-crowd.h), and so are labels, when
 * somebody types the first; folders and accounts are asked as they are. */
#include "ui-search-offer.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "base-fold.h"
#include "base-log.h"
#include "base-match.h"
#include "base-query.h"
#include "base-text.h"
#include "mail-crowd.h"
#include "mail-label.h"
#include "mail-recipient.h"
#include "ui-flow.h"
#include "ui-offer.h"

#define MOST_VALUES    8 /* of an operator */
#define MOST_OPERATORS 4 /* beside others */
#define MOST_AT_FIRST  6 /* operators, when nothing is typed */
#define MOST_PEOPLE    3 /* beside others */
#define MOST_RECENT    3 /* beside others */
#define MOST_LABELS    5000
#define MOST_HEIGHT    400
#define WIDTH          420 /* pixels, where there are so many */
#define MARGIN         12  /* what the popover has around the list */
#define BESIDE         48  /* and a row around its words: padding and icon */

struct _UiSearchOffer
{
  /* Owned */
  MailEngine *engine;    /* nullable */
  MailCrowd *crowd;      /* nullable: nobody searches */
  GStrv labels;          /* as they are shown; nullable: they have not been read */
  GCancellable *reading; /* labels; nullable */
  char *typed;
  GPtrArray *shown, *found; /* of Choice: the rows, and what will be those */

  /* Borrowed */
  GtkWidget *parent, *entry;
  UiSearchTakeFunc func;
  gpointer data;

  GtkWidget *popover, *list; /* NULL before the first offer; the popover is the parent's child */
  guint start, end;          /* octets of `typed` that an offer takes the place of */
  gsize cursor;              /* in `typed` */
  gboolean awaiting;         /* labels, to be offered if nothing happens before they are there */
};

typedef enum
{
  INSTEAD, /* of what is being typed */
  WHOLE,   /* of all of it */
  CLEAR,   /* forgets what was looked for */
  HELP,
} Deed;

/* A row, and what it does. */
typedef struct
{
  Deed deed;
  char *icon, *title;
  char *detail, *text; /* nullable */
} Choice;

static void
choice_free (gpointer data)
{
  Choice *choice = data;

  g_free (choice->icon);
  g_free (choice->title);
  g_free (choice->detail);
  g_free (choice->text);
  g_free (choice);
}

static gboolean
is_same (const Choice *one, const Choice *other)
{
  return one->deed == other->deed && g_str_equal (one->icon, other->icon)
         && g_str_equal (one->title, other->title) && g_strcmp0 (one->detail, other->detail) == 0
         && g_strcmp0 (one->text, other->text) == 0;
}

static const Choice *
get_choice (UiSearchOffer *self, GtkListBoxRow *row)
{
  return self->shown->pdata[gtk_list_box_row_get_index (row)];
}

static char *
say (const Choice *choice)
{
  return choice->detail != NULL && *choice->detail != '\0'
             ? g_strdup_printf ("%s, %s", choice->title, choice->detail)
             : g_strdup (choice->title);
}

/* ---- open and closed ---- */

/* GTK 4.8 would have a screen reader read what is hidden, too. */
static void
empty (UiSearchOffer *self)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->list), row);
  g_ptr_array_set_size (self->shown, 0);
  gtk_accessible_reset_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
}

gboolean
ui_search_offer_is_open (UiSearchOffer *self)
{
  return self->popover != NULL && gtk_widget_get_visible (self->popover);
}

void
ui_search_offer_close (UiSearchOffer *self)
{
  self->awaiting = FALSE;
  if (ui_search_offer_is_open (self))
    gtk_popover_popdown (GTK_POPOVER (self->popover));
}

/* ---- taking ---- */

static void
take_text (UiSearchOffer *self, const Choice *choice)
{
  const char *behind = choice->deed == WHOLE ? "" : self->typed + self->end;
  /* A value is wanted behind an operator; else the next word. */
  const char *space = choice->deed == WHOLE || g_str_has_suffix (choice->text, ":")
                              || *behind == ' ' || *behind == ')'
                          ? ""
                          : " ";
  g_autofree char *before =
      choice->deed == WHOLE ? g_strdup ("") : g_strndup (self->typed, self->start);
  g_autofree char *text = g_strconcat (before, choice->text, space, behind, NULL);
  glong cursor = g_utf8_strlen (before, -1) + g_utf8_strlen (choice->text, -1)
                 + (*space != '\0' || *behind == ' ' ? 1 : 0);

  ui_search_offer_close (self);
  self->func (text, (int)cursor, self->data);
}

static void
take (UiSearchOffer *self, GtkListBoxRow *row)
{
  const Choice *choice = get_choice (self, row);

  switch (choice->deed) {
  case CLEAR:
    if (self->engine != NULL)
      mail_engine_forget_recent_searches (self->engine);
    ui_search_offer_close (self);
    break;
  case HELP:
    ui_search_offer_close (self);
    gtk_widget_activate_action (self->entry, "search-bar.help", NULL);
    break;
  case INSTEAD:
  case WHOLE:
    take_text (self, choice);
    break;
  }
}

gboolean
ui_search_offer_take (UiSearchOffer *self)
{
  GtkListBoxRow *row = ui_search_offer_is_open (self)
                           ? gtk_list_box_get_selected_row (GTK_LIST_BOX (self->list))
                           : NULL;

  if (row == NULL)
    return FALSE;
  take (self, row);
  return TRUE;
}

/* The row goes with the list, which its gesture still holds. */
static gboolean
on_idle_take (gpointer data)
{
  GtkListBoxRow *row = data;
  UiSearchOffer *self = g_object_get_data (G_OBJECT (row), "offer");

  if (gtk_widget_get_parent (GTK_WIDGET (row)) != NULL)
    take (self, row);
  return G_SOURCE_REMOVE;
}

static void
on_row_activated (GtkListBox *list, GtkListBoxRow *row, UiSearchOffer *self)
{
  g_object_set_data (G_OBJECT (row), "offer", self);
  g_idle_add_full (G_PRIORITY_DEFAULT, on_idle_take, g_object_ref (row), g_object_unref);
}

/* ---- choosing ---- */

/* The list is not focused: what is chosen in it is said by the entry. */
static void
say_chosen (UiSearchOffer *self, GtkListBoxRow *row)
{
  g_autofree char *said = row != NULL ? say (get_choice (self, row)) : NULL;

  ui_offer_say (self->entry, said);
}

/* The list scrolls by the keyboard alone, which it never has. */
static void
scroll_to (UiSearchOffer *self, GtkListBoxRow *row)
{
  GtkWidget *scrolled = gtk_widget_get_ancestor (self->list, GTK_TYPE_SCROLLED_WINDOW);
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled));
  graphene_rect_t box;

  if (gtk_widget_compute_bounds (GTK_WIDGET (row), self->list, &box))
    gtk_adjustment_clamp_page (adjustment, box.origin.y, box.origin.y + box.size.height);
}

void
ui_search_offer_unchoose (UiSearchOffer *self)
{
  if (!ui_search_offer_is_open (self))
    return;
  gtk_list_box_unselect_all (GTK_LIST_BOX (self->list));
  say_chosen (self, NULL);
}

gboolean
ui_search_offer_move (UiSearchOffer *self, gboolean down)
{
  GtkListBoxRow *row;

  if (!ui_search_offer_is_open (self))
    return FALSE;
  row = ui_offer_step (GTK_LIST_BOX (self->list), down);
  if (row != NULL)
    scroll_to (self, row);
  say_chosen (self, row);
  return TRUE;
}

/* ---- the list ---- */

static void
on_closed (UiSearchOffer *self)
{
  empty (self);
}

static void
make_popover (UiSearchOffer *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  self->popover = gtk_popover_new ();
  self->list = gtk_list_box_new ();
  gtk_list_box_set_activate_on_single_click (GTK_LIST_BOX (self->list), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Suggestions"), -1);
  gtk_widget_add_css_class (self->list, "search-offer");
  gtk_widget_set_can_focus (self->list, FALSE);
  /* A bar would have it higher than one line. */
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_EXTERNAL);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), MOST_HEIGHT);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->list);
  gtk_popover_set_child (GTK_POPOVER (self->popover), scrolled);
  gtk_popover_set_autohide (GTK_POPOVER (self->popover), FALSE);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->popover), FALSE);
  gtk_popover_set_position (GTK_POPOVER (self->popover), GTK_POS_BOTTOM);
  gtk_widget_set_can_focus (self->popover, FALSE);
  gtk_widget_set_parent (self->popover, self->parent);
  g_signal_connect (self->list, "row-activated", G_CALLBACK (on_row_activated), self);
  g_signal_connect_swapped (self->popover, "closed", G_CALLBACK (on_closed), self);
}

/* What is put in as it stands is seen whole, in more than one line if need be; names and searches may be as long as they like. */
static GtkWidget *
make_title (const Choice *choice)
{
  GtkWidget *label = gtk_label_new (choice->title);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (g_strcmp0 (choice->title, choice->text) == 0 && choice->deed == INSTEAD) {
    gtk_label_set_wrap (GTK_LABEL (label), TRUE);
    gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  } else {
    gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  }
  return label;
}

static GtkWidget *
make_detail (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "caption");
  return label;
}

static GtkWidget *
make_row (const Choice *choice, int width)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *image = gtk_image_new_from_icon_name (choice->icon);
  g_autofree char *said = say (choice);

  gtk_widget_add_css_class (image, "dim-label");
  gtk_accessible_update_property (GTK_ACCESSIBLE (image), GTK_ACCESSIBLE_PROPERTY_LABEL, "", -1);
  /* Where the text is large, what an operator means stands beneath it. */
  gtk_widget_set_layout_manager (words, ui_flow_new (8, 0));
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_size_request (words, MAX (width - BESIDE, 0), -1); /* as high as that makes it */
  gtk_box_append (GTK_BOX (words), make_title (choice));
  if (choice->detail != NULL)
    gtk_box_append (GTK_BOX (words), make_detail (choice->detail));
  gtk_box_append (GTK_BOX (box), image);
  gtk_box_append (GTK_BOX (box), words);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_set_can_focus (row, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, said, -1);
  return row;
}

static gboolean
is_shown (UiSearchOffer *self)
{
  if (!ui_search_offer_is_open (self) || self->shown->len != self->found->len)
    return FALSE;
  for (guint i = 0; i < self->found->len; i++)
    if (!is_same (self->shown->pdata[i], self->found->pdata[i]))
      return FALSE;
  return TRUE;
}

/* What was found becomes the list.  Rows that stay the same cost nothing: most letters change none. */
static void
show (UiSearchOffer *self)
{
  graphene_rect_t box;
  int width;

  if (self->found->len == 0 || !gtk_widget_compute_bounds (self->entry, self->parent, &box)) {
    gboolean awaiting = self->awaiting;

    ui_search_offer_close (self);
    self->awaiting = awaiting;
    return;
  }
  if (self->popover == NULL)
    make_popover (self);
  if (is_shown (self))
    return;
  empty (self);
  width = MAX (MIN ((int)box.size.width - MARGIN, WIDTH), 0);
  for (guint i = 0; i < self->found->len; i++)
    gtk_list_box_append (GTK_LIST_BOX (self->list), make_row (self->found->pdata[i], width));
  g_ptr_array_extend_and_steal (self->shown, g_steal_pointer (&self->found));
  self->found = g_ptr_array_new_with_free_func (choice_free);
  gtk_widget_set_size_request (self->list, width, -1);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->popover),
                               &(GdkRectangle){ (int)box.origin.x, (int)box.origin.y,
                                                (int)box.size.width, (int)box.size.height });
  if (!gtk_widget_get_visible (self->popover))
    gtk_popover_popup (GTK_POPOVER (self->popover));
  else
    gtk_popover_present (GTK_POPOVER (self->popover)); /* as large as it is now */
}

/* ---- what fits ---- */

static void update (UiSearchOffer *self);

/* `detail` and `text` nullable. */
static void
add (UiSearchOffer *self, Deed deed, const char *icon, const char *title, const char *detail,
     const char *text)
{
  Choice *choice = g_new (Choice, 1);

  *choice = (Choice){ deed, g_strdup (icon), g_strdup (title), g_strdup (detail), g_strdup (text) };
  g_ptr_array_add (self->found, choice);
}

static void
add_offers (UiSearchOffer *self, const BaseQueryCompletion *completion, guint most)
{
  g_autofree char *now =
      g_strndup (self->typed + completion->start, completion->end - completion->start);

  for (guint i = 0, n = 0; i < completion->offers->len && n < most; i++) {
    const BaseQueryOffer *offer = completion->offers->pdata[i];

    if (g_str_equal (offer->text, now))
      continue;
    add (self, INSTEAD, "edit-find-symbolic", offer->text, offer->help, offer->text);
    n++;
  }
}

static void
add_people (UiSearchOffer *self, const char *typed, BaseQueryField field, guint most)
{
  if (self->engine == NULL || self->crowd == NULL || *typed == '\0')
    return;
  g_autoptr (GPtrArray) found = mail_crowd_find (self->crowd, typed, 2 * most);

  for (guint i = 0, n = 0; i < found->len && n < most; i++) {
    const MailRecipient *person = found->pdata[i];

    if (person->members != NULL || *person->address == '\0')
      continue;
    g_autofree char *text = base_query_write_term (field, person->address);
    gboolean named = *person->name != '\0';

    add (self, INSTEAD, "avatar-default-symbolic", named ? person->name : person->address,
         named ? person->address : NULL, text);
    n++;
  }
}

/* Each name once, whichever accounts have it: that is how it is looked for. */
static void
add_folders (UiSearchOffer *self, const char *typed)
{
  GListModel *accounts = mail_engine_get_accounts (self->engine);
  g_autoptr (BaseMatch) match = *typed != '\0' ? base_match_new (typed) : NULL;
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (accounts, i);
    GListModel *folders = mail_account_get_folders (account);

    for (guint j = 0; j < g_list_model_get_n_items (folders); j++) {
      g_autoptr (MailFolder) folder = g_list_model_get_item (folders, j);
      const char *name = mail_folder_get_name (folder);
      g_autofree char *folded = base_fold (name, -1, NULL);

      /* Those that every account has are among the values of the operator. */
      if (g_hash_table_size (seen) >= MOST_VALUES || !mail_folder_get_selectable (folder)
          || mail_folder_get_role (folder) != MAIL_ROLE_NONE
          || (match != NULL && base_match_look (match, folded) == BASE_MATCH_NONE)
          || !g_hash_table_add (seen, g_strdup (name)))
        continue;
      g_autofree char *text = base_query_write (BASE_QUERY_IN, name);
      add (self, INSTEAD, mail_folder_get_icon_name (folder), name,
           mail_account_get_label (account), text);
    }
  }
}

static void
add_accounts (UiSearchOffer *self, const char *typed)
{
  GListModel *accounts = mail_engine_get_accounts (self->engine);
  g_autoptr (BaseMatch) match = *typed != '\0' ? base_match_new (typed) : NULL;

  for (guint i = 0; i < MIN (g_list_model_get_n_items (accounts), MOST_VALUES); i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (accounts, i);
    const char *label = mail_account_get_label (account);
    const char *address = mail_account_get_address (account);
    g_autofree char *both = g_strconcat (label, " ", address, NULL);
    g_autofree char *folded = base_fold (both, -1, NULL);

    if (match != NULL && base_match_look (match, folded) == BASE_MATCH_NONE)
      continue;
    g_autofree char *text = base_query_write (BASE_QUERY_ACCOUNT, address);
    add (self, INSTEAD, "sosik-mail-symbolic", label, g_str_equal (label, address) ? NULL : address,
         text);
  }
}

static void
on_labels (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) labels = mail_label_list_finish (result, &error);

  if (base_error_is_cancelled (error))
    return;
  UiSearchOffer *self = data; /* alive unless cancelled */
  g_clear_object (&self->reading);
  if (labels == NULL)
    base_log ("The labels of the mail could not be read: %s", error->message);
  self->labels = labels != NULL ? g_steal_pointer (&labels) : g_new0 (char *, 1);
  if (self->awaiting)
    update (self);
}

static void
read_labels (UiSearchOffer *self)
{
  if (self->reading != NULL)
    return;
  self->reading = g_cancellable_new ();
  mail_label_list_async (self->engine, MOST_LABELS, self->reading, on_labels, self);
}

/* Those that begin with what is typed come before those that have it elsewhere. */
static void
add_labels (UiSearchOffer *self, const char *typed)
{
  g_autoptr (BaseMatch) match = *typed != '\0' ? base_match_new (typed) : NULL;
  guint n = 0;

  self->awaiting = self->labels == NULL;
  if (self->awaiting) {
    read_labels (self);
    return;
  }
  for (BaseMatchFit fit = BASE_MATCH_BEGIN; fit != BASE_MATCH_NONE; fit--) {
    for (guint i = 0; self->labels[i] != NULL && n < MOST_VALUES; i++) {
      g_autofree char *folded = base_fold (self->labels[i], -1, NULL);

      if ((match != NULL ? base_match_look (match, folded) : BASE_MATCH_BEGIN) != fit)
        continue;
      g_autofree char *text = base_query_write (BASE_QUERY_LABEL, self->labels[i]);
      add (self, INSTEAD, "user-bookmarks-symbolic", self->labels[i], NULL, text);
      n++;
    }
  }
}

/* Those that have in them what is typed; "": all.  How many. */
static guint
add_recent (UiSearchOffer *self, const char *typed, guint most)
{
  GPtrArray *recent = self->engine != NULL ? mail_engine_get_recent_searches (self->engine) : NULL;
  g_autofree char *sought = base_fold (typed, -1, NULL);
  guint n = 0;

  for (guint i = 0; recent != NULL && i < recent->len && n < most; i++) {
    const char *text = recent->pdata[i];
    g_autofree char *folded = base_fold (text, -1, NULL);

    if (strstr (folded, sought) == NULL || g_str_equal (folded, sought))
      continue;
    add (self, WHOLE, "document-open-recent-symbolic", text, NULL, text);
    n++;
  }
  return n;
}

static void
fill_blank (UiSearchOffer *self, const BaseQueryCompletion *completion)
{
  if (add_recent (self, "", MOST_VALUES) > 0)
    add (self, CLEAR, "edit-clear-all-symbolic", _ ("Clear Search History"), NULL, NULL);
  add_offers (self, completion, MOST_AT_FIRST);
  add (self, HELP, "help-about-symbolic", _ ("Search Help"), NULL, NULL);
}

static void
fill_value (UiSearchOffer *self, const BaseQueryCompletion *completion)
{
  add_offers (self, completion, MOST_VALUES);
  if (self->engine == NULL)
    return;
  if (completion->kind == BASE_QUERY_IN)
    add_folders (self, completion->typed);
  else if (completion->kind == BASE_QUERY_ACCOUNT)
    add_accounts (self, completion->typed);
  else if (completion->kind == BASE_QUERY_LABEL)
    add_labels (self, completion->typed);
  else if (completion->kind == BASE_QUERY_TERM
           && (completion->field == BASE_QUERY_FROM || completion->field == BASE_QUERY_TO
               || completion->field == BASE_QUERY_CC))
    add_people (self, completion->typed, completion->field, MOST_VALUES);
}

static void
update (UiSearchOffer *self)
{
  g_autoptr (BaseQueryCompletion) completion =
      base_query_complete (self->typed, self->cursor, g_get_real_time () / G_USEC_PER_SEC);

  self->awaiting = FALSE;
  self->start = completion->start;
  self->end = completion->end;
  g_ptr_array_set_size (self->found, 0);
  if (base_text_is_blank (self->typed)) {
    fill_blank (self, completion);
  } else if (completion->value) {
    fill_value (self, completion);
  } else if (*completion->typed != '\0') {
    add_offers (self, completion, MOST_OPERATORS);
    add_people (self, completion->typed, BASE_QUERY_FROM, MOST_PEOPLE);
    add_recent (self, self->typed, MOST_RECENT);
  }
  show (self);
}

void
ui_search_offer_update (UiSearchOffer *self, const char *typed, gsize cursor)
{
  g_free (self->typed);
  self->typed = base_text_repair (typed, -1);
  self->cursor = MIN (cursor, strlen (self->typed));
  update (self);
}

/* ---- the object ---- */

static void
forget_labels (UiSearchOffer *self)
{
  if (self->reading != NULL)
    g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  g_clear_pointer (&self->labels, g_strfreev);
}

void
ui_search_offer_set_engine (UiSearchOffer *self, MailEngine *engine)
{
  g_set_object (&self->engine, engine);
  if (engine != NULL && self->crowd == NULL)
    self->crowd = mail_crowd_new (engine);
}

void
ui_search_offer_rest (UiSearchOffer *self)
{
  ui_search_offer_close (self);
  g_clear_pointer (&self->crowd, mail_crowd_unref);
  forget_labels (self);
}

UiSearchOffer *
ui_search_offer_new (GtkWidget *parent, GtkWidget *entry, UiSearchTakeFunc func, gpointer data)
{
  UiSearchOffer *self = g_new0 (UiSearchOffer, 1);

  self->parent = parent;
  self->entry = entry;
  self->func = func;
  self->data = data;
  self->shown = g_ptr_array_new_with_free_func (choice_free);
  self->found = g_ptr_array_new_with_free_func (choice_free);
  return self;
}

void
ui_search_offer_free (UiSearchOffer *self)
{
  if (self->popover != NULL) {
    g_signal_handlers_disconnect_by_data (self->popover, self);
    g_signal_handlers_disconnect_by_data (self->list, self);
    gtk_widget_unparent (self->popover);
  }
  g_clear_pointer (&self->crowd, mail_crowd_unref);
  forget_labels (self);
  g_clear_object (&self->engine);
  g_ptr_array_unref (self->shown);
  g_ptr_array_unref (self->found);
  g_free (self->typed);
  g_free (self);
}
