/* The headers of a message in the reader.  Main thread.  The sender's address always stands beside the name, because
 * the name alone can say anything. */
#include "ui-headers.h"

#include <glib/gi18n.h>

#include "base-date.h"
#include "ui-avatar.h"
#include "ui-clock.h"
#include "ui-sender-card.h"

#define NAMES_MAX     3   /* in the line of recipients */
#define ADDRESSES_MAX 200 /* in the list of all addresses */
#define DETAILS_MAX   220 /* high; what is more can be scrolled to */

struct _UiHeaders
{
  AdwBin parent_instance;

  /* Owned */
  MailEngine *engine;
  MailMessage *message;
  MailContent *content;

  /* Template */
  UiAvatar *avatar;
  GtkLabel *name, *address, *date, *short_date, *recipients;
  GtkMenuButton *sender, *more;
  GtkButton *star;
  GtkToggleButton *expand;
  GtkGrid *grid;
  GtkWidget *line, *details;

  gulong handler;
};

enum
{
  OPEN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiHeaders, ui_headers, ADW_TYPE_BIN)

static const char *
short_name (const MailAddress *address)
{
  return *address->name ? address->name : address->address;
}

char *
ui_headers_dup_addresses (GPtrArray *addresses, const char *separator)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < MIN (addresses->len, ADDRESSES_MAX); i++) {
    const MailAddress *address = addresses->pdata[i];
    if (i > 0)
      g_string_append (text, separator);
    if (*address->name)
      g_string_append_printf (text, "%s <%s>", address->name, address->address);
    else
      g_string_append (text, address->address);
  }
  if (addresses->len > ADDRESSES_MAX) {
    guint more = addresses->len - ADDRESSES_MAX;
    g_string_append (text, separator);
    g_string_append_printf (text, ngettext ("and %'u more", "and %'u more", more), more);
  }
  return g_string_free (text, FALSE);
}

static void
add_names (GPtrArray *names, GPtrArray *addresses)
{
  for (guint i = 0; i < addresses->len; i++)
    g_ptr_array_add (names, (char *)short_name (addresses->pdata[i]));
}

static void
show_recipients (UiHeaders *self, MailContent *content)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  add_names (names, mail_content_get_to (content));
  add_names (names, mail_content_get_cc (content));
  add_names (names, mail_content_get_bcc (content));

  guint shown = MIN (names->len, NAMES_MAX);
  guint more = names->len - shown;
  g_autoptr (GString) list = g_string_new (NULL);
  for (guint i = 0; i < shown; i++)
    g_string_append_printf (list, "%s%s", i > 0 ? _ (", ") : "", (char *)names->pdata[i]);

  g_autofree char *text = NULL;
  if (names->len == 0)
    text = g_strdup (_ ("No recipients"));
  else if (more == 0)
    /* Translators: the recipients of a message: "To Kim, Lee" */
    text = g_strdup_printf (_ ("To %s"), list->str);
  else
    text = g_strdup_printf (ngettext ("To %s and %'u other", "To %s and %'u others", more),
                            list->str, more);
  gtk_label_set_text (self->recipients, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->expand), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  text, -1);
}

static void
show_sender (UiHeaders *self, MailContent *content)
{
  GPtrArray *from = mail_content_get_from (content);
  const MailAddress *address = from->len > 0 ? from->pdata[0] : NULL;
  const char *name = address ? short_name (address) : _ ("Unknown sender");
  gboolean both = address && *address->name;
  ui_avatar_set_name (self->avatar, address ? name : "");
  gtk_label_set_text (self->name, name);
  gtk_widget_set_sensitive (GTK_WIDGET (self->sender), address != NULL);
  g_autofree char *full =
      both ? g_strdup_printf ("%s <%s>", name, address->address) : g_strdup (name);
  /* Translators: a button; the name and address of who wrote */
  g_autofree char *about = g_strdup_printf (_ ("About %s"), full);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->sender), about);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->sender), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  about, -1);
  gtk_label_set_text (self->address, both ? address->address : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->address), both ? address->address : NULL);
}

static void
on_open (UiHeaders *self, MailMessage *message)
{
  g_signal_emit (self, signals[OPEN], 0, message);
}

/* Made when somebody asks for it. */
static void
create_sender_card (GtkMenuButton *button, gpointer data)
{
  UiHeaders *self = data;
  GPtrArray *from = self->content ? mail_content_get_from (self->content) : NULL;
  GtkWidget *card = NULL;
  if (from && from->len > 0 && self->engine) {
    card = ui_sender_card_new (self->engine, from->pdata[0]);
    g_signal_connect_object (card, "open", G_CALLBACK (on_open), self, G_CONNECT_SWAPPED);
  }
  gtk_menu_button_set_popover (button, card);
}

static void
add_line (UiHeaders *self, int *line, const char *title, const char *value)
{
  GtkWidget *key =
      g_object_new (GTK_TYPE_LABEL, "label", title, "xalign", 1.0f, "yalign", 0.0f, NULL);
  GtkWidget *text =
      g_object_new (GTK_TYPE_LABEL, "label", value, "xalign", 0.0f, "wrap", TRUE, "wrap-mode",
                    PANGO_WRAP_WORD_CHAR, "selectable", TRUE, "hexpand", TRUE, NULL);
  gtk_widget_add_css_class (key, "dim-label");
  gtk_grid_attach (self->grid, key, 0, *line, 1, 1);
  gtk_grid_attach (self->grid, text, 1, *line, 1, 1);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (text), GTK_ACCESSIBLE_RELATION_LABELLED_BY, key,
                                  NULL, -1);
  (*line)++;
}

static void
add_addresses (UiHeaders *self, int *line, const char *title, GPtrArray *addresses)
{
  if (addresses->len == 0)
    return;
  g_autofree char *text = ui_headers_dup_addresses (addresses, "\n");
  add_line (self, line, title, text);
}

static void
show_details (UiHeaders *self, MailContent *content)
{
  GtkWidget *child;
  int line = 0;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->grid))))
    gtk_grid_remove (self->grid, child);
  add_addresses (self, &line, _ ("From"), mail_content_get_from (content));
  add_addresses (self, &line, _ ("Reply to"), mail_content_get_reply_to (content));
  add_addresses (self, &line, _ ("To"), mail_content_get_to (content));
  add_addresses (self, &line, _ ("Cc"), mail_content_get_cc (content));
  add_addresses (self, &line, _ ("Bcc"), mail_content_get_bcc (content));
  g_autofree char *date = base_date_long (mail_content_get_date (content));
  if (*date)
    add_line (self, &line, _ ("Date"), date);
}

static void
update_star (UiHeaders *self)
{
  gboolean starred = mail_message_get_starred (self->message);
  const char *label = starred ? _ ("Remove star") : _ ("Add star");
  gtk_button_set_icon_name (self->star, starred ? "sosik-starred-symbolic" : "sosik-star-symbolic");
  if (starred)
    gtk_widget_add_css_class (GTK_WIDGET (self->star), "starred");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->star), "starred");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->star), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->star), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

static void
show_date (UiHeaders *self, MailContent *content)
{
  gint64 time = mail_content_get_date (content);
  g_autofree char *date = base_date_long (time);
  g_autofree char *short_date = base_date_short (time, g_get_real_time () / G_USEC_PER_SEC);

  gtk_label_set_text (self->date, date);
  gtk_label_set_text (self->short_date, short_date);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->short_date), *date ? date : NULL);
}

static void
on_clock_changed (UiHeaders *self)
{
  if (self->content == NULL)
    return;
  show_date (self, self->content);
  show_details (self, self->content);
}

void
ui_headers_set_engine (UiHeaders *self, MailEngine *engine)
{
  g_set_object (&self->engine, engine);
}

void
ui_headers_close_menus (UiHeaders *self)
{
  gtk_menu_button_popdown (self->sender);
  gtk_menu_button_popdown (self->more);
}

void
ui_headers_set_content (UiHeaders *self, MailContent *content)
{
  if (self->message)
    g_clear_signal_handler (&self->handler, self->message);
  MailMessage *message = content ? mail_content_get_message (content) : NULL;
  g_set_object (&self->message, message);
  g_set_object (&self->content, content);
  if (!content) {
    gtk_menu_button_set_popover (self->sender, NULL);
    return;
  }

  show_date (self, content);
  show_sender (self, content);
  show_recipients (self, content);
  show_details (self, content);
  if (self->message) {
    self->handler =
        g_signal_connect_swapped (self->message, "changed", G_CALLBACK (update_star), self);
    update_star (self);
  }
  gtk_widget_set_visible (GTK_WIDGET (self->star), self->message != NULL);
}

/* ---- the line of name, address and date ---- */

#define LINE_GAP 8

static int
measure_width (GtkWidget *widget, int *natural)
{
  int least;
  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &least, natural, NULL, NULL);
  return least;
}

static void
measure_line (GtkWidget *line, GtkOrientation orientation, int for_size, int *minimum, int *natural,
              int *minimum_baseline, int *natural_baseline)
{
  gboolean across = orientation == GTK_ORIENTATION_HORIZONTAL;
  *minimum = *natural = across ? 2 * LINE_GAP : 0;
  for (GtkWidget *child = gtk_widget_get_first_child (line); child;
       child = gtk_widget_get_next_sibling (child)) {
    int least, wanted;
    gtk_widget_measure (child, orientation, -1, &least, &wanted, NULL, NULL);
    *minimum = across ? *minimum + least : MAX (*minimum, least);
    *natural = across ? *natural + wanted : MAX (*natural, wanted);
  }
}

/* Who wrote comes first, then the address; only what is left over lets the date be long.  A box would give all three the same share,
 * and cut off a name beside empty room. */
static void
allocate_line (GtkWidget *line, int width, int height, int baseline)
{
  GtkWidget *name = gtk_widget_get_first_child (line);
  GtkWidget *address = gtk_widget_get_next_sibling (name), *date = gtk_widget_get_last_child (line);
  int name_wanted, address_wanted;
  measure_width (name, &name_wanted);
  int left = width - 2 * LINE_GAP - measure_width (date, NULL);
  int name_width = MIN (name_wanted, left - measure_width (address, &address_wanted));
  int address_width = MIN (address_wanted, left - name_width);
  int date_width = width - 2 * LINE_GAP - name_width - address_width;
  gboolean rtl = gtk_widget_get_direction (line) == GTK_TEXT_DIR_RTL;
  int x = 0;
  const struct
  {
    GtkWidget *widget;
    int width;
  } parts[] = { { name, name_width }, { address, address_width }, { date, date_width } };
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    gtk_widget_size_allocate (
        parts[i].widget,
        &(GtkAllocation){ rtl ? width - x - parts[i].width : x, 0, parts[i].width, height }, -1);
    x += parts[i].width + LINE_GAP;
  }
}

/* ---- all addresses ---- */

static GtkSizeRequestMode
get_details_mode (GtkWidget *details)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* A scrolled window does not know how wide it is going to be, and asks for the height of lines that are all wrapped as
 * narrow as can be; so the lines themselves are asked. */
static void
measure_details (GtkWidget *details, GtkOrientation orientation, int for_size, int *minimum,
                 int *natural, int *minimum_baseline, int *natural_baseline)
{
  GtkWidget *scroller = gtk_widget_get_first_child (details);
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = measure_width (scroller, natural);
    return;
  }
  GtkWidget *lines =
      GTK_WIDGET (UI_HEADERS (gtk_widget_get_ancestor (details, UI_TYPE_HEADERS))->grid);
  int wanted, least = measure_width (lines, &wanted), height;
  gtk_widget_measure (lines, orientation, for_size < 0 ? wanted : MAX (for_size, least), NULL,
                      natural, NULL, NULL);
  gtk_widget_measure (scroller, orientation, -1, &height, NULL, NULL, NULL);
  *natural = MIN (*natural, DETAILS_MAX);
  *minimum = MIN (*natural, height);
}

static void
allocate_details (GtkWidget *details, int width, int height, int baseline)
{
  gtk_widget_size_allocate (gtk_widget_get_first_child (details),
                            &(GtkAllocation){ 0, 0, width, height }, -1);
}

static void
ui_headers_dispose (GObject *object)
{
  if (UI_HEADERS (object)->sender) /* the first time */
    ui_headers_set_content (UI_HEADERS (object), NULL);
  g_clear_object (&UI_HEADERS (object)->engine);
  G_OBJECT_CLASS (ui_headers_parent_class)->dispose (object);
}

static void
ui_headers_class_init (UiHeadersClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = ui_headers_dispose;
  signals[OPEN] = g_signal_new ("open", UI_TYPE_HEADERS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, MAIL_TYPE_MESSAGE);
  g_type_ensure (UI_TYPE_AVATAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/sosik/Sosik/ui-headers.ui");
  gtk_widget_class_bind_template_child (widget_class, UiHeaders, avatar);
  gtk_widget_class_bind_template_child (widget_class, UiHeaders, more);
  gtk_widget_class_bind_template_child (widget_class, UiHeaders, sender);
  gtk_widget_class_bind_template_child (widget_class, UiHeaders, line);
  gtk_widget_class_bind_template_child (widget_class, UiHeaders, details);
  gtk_widget_class_bind_template_child (widget_class, UiHeaders, name);
  gtk_widget_class_bind_template_child (widget_class, UiHeaders, address);
  gtk_widget_class_bind_template_child (widget_class, UiHeaders, date);
  gtk_widget_class_bind_template_child (widget_class, UiHeaders, short_date);
  gtk_widget_class_bind_template_child (widget_class, UiHeaders, recipients);
  gtk_widget_class_bind_template_child (widget_class, UiHeaders, star);
  gtk_widget_class_bind_template_child (widget_class, UiHeaders, expand);
  gtk_widget_class_bind_template_child (widget_class, UiHeaders, grid);
}

static void
ui_headers_init (UiHeaders *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_layout_manager (self->line,
                                 gtk_custom_layout_new (NULL, measure_line, allocate_line));
  gtk_widget_set_layout_manager (
      self->details, gtk_custom_layout_new (get_details_mode, measure_details, allocate_details));
  gtk_menu_button_set_create_popup_func (self->sender, create_sender_card, self, NULL);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->star), "message.toggle-star");
  ui_clock_listen (self, G_CALLBACK (on_clock_changed));
}
