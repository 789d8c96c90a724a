/* LD_PRELOAD probe for a GTK 4 program: when its first frame was painted, when its message list first showed
 * a row, and how long its main loop stayed away.  The program itself knows nothing of it.
 *
 * Lines in $SOSIK_PROBE (milliseconds since the process started): "painted T", "rows T"; and, once
 * painted, "stall T DURATION CPU" for each turn of its main loop that took more than 4 ms, with what the main thread itself worked
 * meanwhile: on a busy machine it waits for other programs, too.  The loop notes both itself, where a turn begins and ends: a
 * thread that watched it would have to wait for a processor as well, and take several turns for one. */
#include <dlfcn.h>
#include <gtk/gtk.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static FILE *out;
static double start;
static gboolean painted, drawn, rows;

static double
read_clock (clockid_t id)
{
  struct timespec t;
  clock_gettime (id, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static double
now (void)
{
  return read_clock (CLOCK_BOOTTIME);
}

/* Each turn asks it first what is ready, before poll () and after. */
static struct
{
  double at, worked; /* when what was ready began to be done; 0: not yet */
} turn;

static gboolean
end_turn (GSource *source, int *timeout)
{
  double waited = turn.at > 0 ? now () - turn.at : 0;

  if (waited > 4)
    fprintf (out, "stall %.1f %.1f %.1f\n", turn.at - start, waited, read_clock (CLOCK_THREAD_CPUTIME_ID) - turn.worked);
  turn.at = 0;
  *timeout = -1;
  return FALSE;
}

static gboolean
begin_turn (GSource *source)
{
  turn.at = now ();
  turn.worked = read_clock (CLOCK_THREAD_CPUTIME_ID);
  return FALSE;
}

static gboolean
dispatch_nothing (GSource *source, GSourceFunc callback, gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
watch_turns (void)
{
  static GSourceFuncs functions = { .prepare = end_turn, .check = begin_turn, .dispatch = dispatch_nothing };
  GSource *source = g_source_new (&functions, sizeof (GSource));

  g_source_set_priority (source, G_MININT); /* those behind one that is ready are not asked */
  g_source_attach (source, NULL);
  g_source_unref (source);
}

/* A row of the message list lays out its text only when it is drawn with a loaded message. */
PangoLayout *
gtk_widget_create_pango_layout (GtkWidget *widget, const char *text)
{
  PangoLayout *(*real) (GtkWidget *, const char *) =
      (PangoLayout * (*) (GtkWidget *, const char *)) dlsym (RTLD_NEXT, "gtk_widget_create_pango_layout");

  if (text && strlen (text) > 2 && g_strcmp0 (G_OBJECT_TYPE_NAME (widget), "UiRow") == 0)
    drawn = TRUE;
  return real (widget, text);
}

static void
after_paint (GdkFrameClock *clock, gpointer window)
{
  if (!painted) {
    painted = TRUE;
    fprintf (out, "painted %.1f\n", now () - start);
    watch_turns ();
  }
  if (!rows && drawn) {
    rows = TRUE;
    fprintf (out, "rows %.1f\n", now () - start);
  }
}

static void
realized (GtkWidget *window)
{
  g_signal_connect_after (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (after_paint), window);
}

void
gtk_window_present (GtkWindow *window)
{
  void (*real) (GtkWindow *) = (void (*) (GtkWindow *)) dlsym (RTLD_NEXT, "gtk_window_present");

  if (out && !g_object_get_data (G_OBJECT (window), "probe")) {
    g_object_set_data (G_OBJECT (window), "probe", window);
    if (gtk_widget_get_realized (GTK_WIDGET (window)))
      realized (GTK_WIDGET (window));
    else
      g_signal_connect_after (window, "realize", G_CALLBACK (realized), NULL);
  }
  real (window);
}

__attribute__ ((constructor)) static void
begin (void)
{
  unsigned long long ticks = 0;
  char line[2048] = "";
  FILE *stat = fopen ("/proc/self/stat", "r");
  const char *file = getenv ("SOSIK_PROBE");

  if (stat && fgets (line, sizeof line, stat) && strrchr (line, ')'))
    sscanf (strrchr (line, ')') + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &ticks);
  if (stat)
    fclose (stat);
  start = ticks * 1e3 / (double) sysconf (_SC_CLK_TCK);
  unsetenv ("LD_PRELOAD"); /* not for children */
  if (file && dlsym (RTLD_NEXT, "gtk_window_present"))
    out = fopen (file, "w");
  if (out)
    setvbuf (out, NULL, _IOLBF, 0);
}
