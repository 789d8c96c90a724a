/* The table of those who count openings, and what a picture that only counts looks like.  Runs on any thread. */
#include "mime-tracker-private.h"

#include <stdlib.h>
#include <string.h>

#include "mime-css-private.h"
#include "mime-html-parse-private.h"

/* A host and all below it (NULL: any), and what its path begins with or, after "*", contains somewhere (NULL: any).  Hosts that also
 * serve pictures to look at stand with a path. */
static const struct
{
  const char *host, *path;
} known[] = {
  /* paths that the programs of many senders use, each under a name of its own */
  { NULL, "*/wf/open" },
  { NULL, "*/track/open" },
  { NULL, "*/tracking/open" },
  { NULL, "*/open.aspx" },
  { NULL, "*/open.php" },
  { NULL, "*/open.html?" },
  { NULL, "*/open.gif" },
  { NULL, "*/email/open" },
  { NULL, "*/email-open" },
  { NULL, "*/email_open" },
  { NULL, "*/emailopen" },
  { NULL, "*/mail/open" },
  { NULL, "*/mail_open" },
  { NULL, "*/e/o/" },
  { NULL, "*/tr/op/" },
  { NULL, "*/countopened" },
  { NULL, "*/openpixel" },
  { NULL, "*/open-pixel" },
  { NULL, "*/trackingpixel" },
  { NULL, "*/tracking-pixel" },
  { NULL, "*/tracking_pixel" },
  { NULL, "*/trackpixel" },
  { NULL, "*/pixel.gif" },
  { NULL, "*/pixel.png" },
  { NULL, "*/beacon.gif" },
  { NULL, "*/webbeacon" },
  { NULL, "*/readreceipt" },
  { NULL, "*/read-receipt" },
  { NULL, "*/read_receipt" },
  { NULL, "*/lt.php?" },
  { NULL, "*/trk?t=" },
  { NULL, "*/o.gif?" },
  { NULL, "*/__utm.gif" },
  { NULL, "*/__ptq.gif" },
  /* services of newsletters */
  { "list-manage.com", "/track/" },
  { "mailchimp.com", "/track/" },
  { "mandrillapp.com", "/track/" },
  { "sendgrid.net", "/wf/" },
  { "convertkit-mail.com", NULL },
  { "convertkit-mail2.com", NULL },
  { "convertkit-mail3.com", NULL },
  { "eotrx.substackcdn.com", NULL },
  { "awstrack.me", NULL },
  { "hubspotlinks.com", NULL },
  { "hubspotemail.net", "/e3t/" },
  { "track.hubspot.com", NULL },
  { "openrate.aweber.com", NULL },
  { "rs6.net", "/on.jsp" },
  { "sendibt1.com", NULL },
  { "sendibt2.com", NULL },
  { "sendibt3.com", NULL },
  { "sendibm1.com", "/tr/" },
  { "mjt.lu", "/oo/" },
  { "mlsend.com", "/link/o" },
  { "createsend.com", "/t/" },
  { "createsend1.com", "/t/" },
  { "cmail19.com", "/t/" },
  { "cmail20.com", "/t/" },
  { "klaviyomail.com", NULL },
  { "klclick.com", NULL },
  { "klclick1.com", NULL },
  { "customeriomail.com", NULL },
  { "track.customer.io", NULL },
  { "via.intercom.io", NULL },
  { "intercom-mail.com", "/via/" },
  { "pi.pardot.com", NULL },
  { "spmailtechnolo.com", NULL },
  { "sparkpostmail.com", "/q/" },
  { "getdrip.com", "/e/" },
  { "returnpath.net", "/pixel" },
  { "emltrk.com", NULL },
  { "event.stibee.com", NULL },
  { "tm.openrs.com", NULL },
  /* programs of people who want to know */
  { "mailtrack.io", "/trace" },
  { "mltrk.io", NULL },
  { "t.yesware.com", NULL },
  { "app.yesware.com", "/t/" },
  { "mailfoogae.appspot.com", NULL },
  { "r.superhuman.com", NULL },
  { "bl-1.com", NULL },
  { "mailstat.us", "/tr" },
  { "tracking.cirrusinsight.com", NULL },
  { "contactmonkey.com", "/api/" },
  { "gmtrack.net", NULL },
  { "gmasstrack.com", NULL },
  { "track.mixmax.com", NULL },
  { "mixmax.com", "/api/track" },
  { "outrch.com", NULL },
  { "app.outreach.io", NULL },
  { "yamm-track.appspot.com", NULL },
  { "zen.sr", "/o" },
  { "mail.naver.com", "/readreceipt" },
  /* who follows people from page to page */
  { "google-analytics.com", NULL },
  { "doubleclick.net", NULL },
  { "googleadservices.com", NULL },
  { "facebook.com", "/tr" },
  { "facebook.com", "/email_open_log" },
  { "linkedin.com", "/emimp/" },
  { "px.ads.linkedin.com", NULL },
  { "twitter.com", "/scribe/" },
  { "api.mixpanel.com", NULL },
  { "scorecardresearch.com", NULL },
  { "quantserve.com", NULL },
  { "criteo.com", NULL },
  { "bat.bing.com", NULL },
  { "adnxs.com", NULL },
};

static gboolean
host_is (const char *host, gsize length, const char *wanted)
{
  gsize size = strlen (wanted);

  return length >= size && memcmp (host + length - size, wanted, size) == 0
         && (length == size || host[length - size - 1] == '.');
}

gboolean
mime_tracker_knows (const char *url)
{
  g_autofree char *lower = g_ascii_strdown (url, MIN (strlen (url), 2000));
  const char *host = strstr (lower, "://");

  if (host == NULL)
    return FALSE;
  host += 3;
  gsize length = strcspn (host, "/?#");
  const char *path = host + length;

  for (const char *c = host; c < path; c++) {
    if (*c == '@') {
      length -= (gsize)(c + 1 - host);
      host = c + 1;
    }
  }
  gsize port = strcspn (host, ":/?#");

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++) {
    const char *pattern = known[i].path;

    if (known[i].host != NULL && !host_is (host, MIN (length, port), known[i].host))
      continue;
    if (pattern == NULL
        || (pattern[0] == '*' ? strstr (path, pattern + 1) != NULL
                              : g_str_has_prefix (path, pattern)))
      return TRUE;
  }
  return FALSE;
}

typedef struct
{
  double width, height, max_width, max_height; /* -1: not given */
} Size;

static double
read_length (const char *value)
{
  char *unit;
  double number = g_ascii_strtod (value, &unit);

  while (*unit == ' ')
    unit++;
  if (unit == value || (*unit != '\0' && *unit != '!' && g_ascii_strncasecmp (unit, "px", 2) != 0))
    return number == 0 && unit != value ? 0 : -1;
  return number;
}

static void
look_at (const char *name, const char *value, gpointer user_data)
{
  Size *size = user_data;

  if (strcmp (name, "width") == 0)
    size->width = read_length (value);
  else if (strcmp (name, "height") == 0)
    size->height = read_length (value);
  else if (strcmp (name, "max-width") == 0)
    size->max_width = read_length (value);
  else if (strcmp (name, "max-height") == 0)
    size->max_height = read_length (value);
}

/* "max-width: 100%" makes no dot larger. */
static double
get_smaller (double length, double most)
{
  if (length < 0 || most < 0)
    return MAX (length, most);
  return MIN (length, most);
}

gboolean
mime_tracker_is_dot (const char **attributes)
{
  const char *width = mime_html_attribute (attributes, "width"),
             *height = mime_html_attribute (attributes, "height"),
             *style = mime_html_attribute (attributes, "style");
  Size size = { -1, -1, -1, -1 };

  if (width != NULL)
    size.width = read_length (width);
  if (height != NULL)
    size.height = read_length (height);
  if (style != NULL)
    mime_css_each_declaration (style, strlen (style), look_at, &size);
  size.width = get_smaller (size.width, size.max_width);
  size.height = get_smaller (size.height, size.max_height);
  if (size.width == 0 || size.height == 0)
    return TRUE;
  return size.width >= 0 && size.width <= 2 && size.height >= 0 && size.height <= 2;
}
