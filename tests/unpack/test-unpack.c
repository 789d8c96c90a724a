/* Pictures, PDF, cards, and the walls around the program. */
#include "test-unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <seccomp.h>

#include <gdk-pixbuf/gdk-pixbuf.h>

#include "unpack-card.h"
#include "unpack-pdf.h"
#include "unpack-picture.h"
#include "unpack-sandbox.h"
#include "unpack-text.h"

GBytes *
test_make_png (guint width, guint height)
{
  g_autoptr (GdkPixbuf) pixbuf =
      gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, (int)width, (int)height);
  char *data;
  gsize length;

  gdk_pixbuf_fill (pixbuf, 0xff8000ff);
  g_assert_true (gdk_pixbuf_save_to_buffer (pixbuf, &data, &length, "png", NULL, NULL));
  return g_bytes_new_take (data, length);
}

GBytes *
test_make_pdf (guint pages)
{
  g_autoptr (GString) pdf = g_string_new ("%PDF-1.4\n");
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (gsize));
  g_autoptr (GString) kids = g_string_new (NULL);

  for (guint i = 0; i < pages; i++)
    g_string_append_printf (kids, "%u 0 R ", 3 + i);
  for (guint i = 1; i < 3 + pages; i++) {
    g_array_append_val (places, pdf->len);
    if (i == 1)
      g_string_append (pdf, "1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n");
    else if (i == 2)
      g_string_append_printf (pdf, "2 0 obj\n<</Type/Pages/Kids[%s]/Count %u>>\nendobj\n",
                              kids->str, pages);
    else
      g_string_append_printf (
          pdf, "%u 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 %u 300]>>\nendobj\n", i, 200 + i);
  }
  gsize table = pdf->len;
  g_string_append_printf (pdf, "xref\n0 %u\n0000000000 65535 f \n", places->len + 1);
  for (guint i = 0; i < places->len; i++)
    g_string_append_printf (pdf, "%010" G_GSIZE_FORMAT " 00000 n \n",
                            g_array_index (places, gsize, i));
  g_string_append_printf (
      pdf, "trailer\n<</Size %u/Root 1 0 R>>\nstartxref\n%" G_GSIZE_FORMAT "\n%%%%EOF\n",
      places->len + 1, table);
  return g_bytes_new (pdf->str, pdf->len);
}

GVariant *
test_run_program (const char *const *arguments, GBytes *input, gint64 *milliseconds)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) out = NULL;
  gint64 start = g_get_monotonic_time ();

  g_ptr_array_add (argv, (gpointer)g_getenv ("SOSIK_UNPACK"));
  for (; *arguments; arguments++)
    g_ptr_array_add (argv, (gpointer)*arguments);
  g_ptr_array_add (argv, NULL);
  g_autoptr (GSubprocess) program =
      g_subprocess_newv ((const char *const *)argv->pdata,
                         G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE
                             | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                         &error);
  g_assert_no_error (error);
  gboolean spoke = g_subprocess_communicate (program, input, NULL, &out, NULL, NULL);
  if (milliseconds)
    *milliseconds = (g_get_monotonic_time () - start) / 1000;
  if (!spoke || !g_subprocess_get_successful (program))
    return NULL;
  return g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (UNPACK_REPLY), out, FALSE));
}

/* ---- pictures ---- */

static void
check_size (GVariant *picture, guint width, guint height, guint full_width, guint full_height)
{
  guint32 found[5];
  g_autoptr (GVariant) pixels = NULL;

  g_variant_get (picture, "(uuuuub@ay)", &found[0], &found[1], &found[2], &found[3], &found[4],
                 NULL, &pixels);
  g_assert_cmpuint (found[0], ==, width);
  g_assert_cmpuint (found[1], ==, height);
  g_assert_cmpuint (found[2], ==, full_width);
  g_assert_cmpuint (found[3], ==, full_height);
  g_assert_cmpuint (g_variant_get_size (pixels), ==,
                    (gsize)width * height * (found[4] == UNPACK_RGB ? 3 : 4));
}

static void
test_picture (void)
{
  g_autoptr (GBytes) png = test_make_png (400, 200), small = test_make_png (10, 10);
  UnpackStatus status;
  g_autoptr (GVariant) found = g_variant_ref_sink (unpack_picture (png, 100, &status));
  g_autoptr (GVariant) same = g_variant_ref_sink (unpack_picture (small, 100, &status));

  check_size (found, 100, 50, 400, 200);
  check_size (same, 10, 10, 10, 10);
}

/* A JPEG whose EXIF part says: turn it. */
static void
test_orientation (void)
{
  static const guint8 exif[] = { 0xff, 0xe1, 0, 34, 'E', 'x', 'i', 'f', 0,    0, 'I', 'I',
                                 42,   0,    8, 0,  0,   0,   1,   0,   0x12, 1, 3,   0,
                                 1,    0,    0, 0,  6,   0,   0,   0,   0,    0, 0,   0 };
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 40, 20);
  g_autofree char *data = NULL;
  gsize length;
  gboolean otherwise;
  UnpackStatus status;
  g_autoptr (GVariant) pixels = NULL;

  gdk_pixbuf_fill (pixbuf, 0);
  /* The left half is white: after a turn to the right that is the upper one. */
  g_autoptr (GdkPixbuf) half = gdk_pixbuf_new_subpixbuf (pixbuf, 0, 0, 20, 20);
  gdk_pixbuf_fill (half, 0xffffffff);
  g_assert_true (gdk_pixbuf_save_to_buffer (pixbuf, &data, &length, "jpeg", NULL, NULL));
  GByteArray *jpeg = g_byte_array_new ();
  g_byte_array_append (jpeg, (guint8 *)data, 2);
  g_byte_array_append (jpeg, exif, sizeof exif);
  g_byte_array_append (jpeg, (guint8 *)data + 2, (guint)length - 2);
  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (jpeg);

  g_autoptr (GVariant) turned = g_variant_ref_sink (unpack_picture (bytes, 100, &status));
  check_size (turned, 20, 40, 20, 40);
  g_variant_get (turned, "(uuuuub@ay)", NULL, NULL, NULL, NULL, NULL, &otherwise, &pixels);
  g_assert_true (otherwise);
  const guint8 *raw = g_variant_get_data (pixels);
  g_assert_cmpuint (raw[0], >, 200);
  g_assert_cmpuint (raw[20 * 39 * 3], <, 50);
}

static void
test_broken_picture (void)
{
  g_autoptr (GBytes) text = g_bytes_new_static ("no picture", 10), none = g_bytes_new (NULL, 0);
  UnpackStatus status;

  g_assert_null (unpack_picture (text, 100, &status));
  g_assert_cmpint (status, ==, UNPACK_BROKEN);
  g_assert_null (unpack_picture (none, 100, &status));
  g_assert_cmpint (status, ==, UNPACK_BROKEN);
}

/* ---- PDF ---- */

static void
test_pdf (void)
{
  g_autoptr (GBytes) pdf = test_make_pdf (3);
  UnpackStatus status;
  g_autoptr (GVariant) sizes = NULL;
  double width, height;

  g_autoptr (GVariant) found = g_variant_ref_sink (unpack_pdf (pdf, &status));
  g_variant_get (found, "(s@a(dd))", NULL, &sizes);
  g_assert_cmpuint (g_variant_n_children (sizes), ==, 3);
  g_variant_get_child (sizes, 2, "(dd)", &width, &height);
  g_assert_cmpfloat (width, ==, 205);
  g_assert_cmpfloat (height, ==, 300);

  g_autoptr (GVariant) page = g_variant_ref_sink (unpack_pdf_page (pdf, 2, 410, &status));
  check_size (page, 410, 600, 205, 300);
  g_assert_null (unpack_pdf_page (pdf, 3, 410, &status));
  g_assert_cmpint (status, ==, UNPACK_BROKEN);
}

/* What is written in it, page by page; as much as is wanted; and nothing of what is none. */
static void
test_pdf_text (void)
{
  static const char written[] =
      "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
      "2 0 obj<</Type/Pages/Kids[3 0 R 6 0 R]/Count 2>>endobj\n"
      "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Resources<</Font<</F 5 0 R>>>>/Contents 4 0 R>>endobj\n"
      "4 0 obj<</Length 44>>stream\nBT /F 12 Tf 20 100 Td (All ships are in) Tj ET\nendstream endobj\n"
      "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
      "6 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Resources<</Font<</F 5 0 R>>>>/Contents 7 0 R>>endobj\n"
      "7 0 obj<</Length 37>>stream\nBT /F 12 Tf 20 100 Td (Harbour) Tj ET\nendstream endobj\n"
      "trailer<</Root 1 0 R>>\n%%EOF\n";
  g_autoptr (GBytes) pdf = g_bytes_new_static (written, strlen (written));
  g_autoptr (GBytes) none = g_bytes_new_static ("Hello", 5);
  UnpackStatus status;
  g_autoptr (GVariant) all = g_variant_ref_sink (unpack_text (pdf, 1000, &status));
  g_autoptr (GVariant) some = g_variant_ref_sink (unpack_text (pdf, 5, &status));

  g_assert_nonnull (strstr (g_variant_get_string (all, NULL), "All ships are in"));
  g_assert_nonnull (strstr (g_variant_get_string (all, NULL), "Harbour"));
  g_assert_nonnull (strstr (g_variant_get_string (some, NULL), "All ships are in"));
  g_assert_null (strstr (g_variant_get_string (some, NULL), "Harbour"));
  g_assert_null (unpack_text (none, 1000, &status));
  g_assert_cmpint (status, ==, UNPACK_BROKEN);
}

/* ---- cards ---- */

static void
check_card (const char *card, const char *expected)
{
  g_autoptr (GBytes) bytes = g_bytes_new (card, strlen (card));
  UnpackStatus status;
  GVariant *value = unpack_card (bytes, &status);
  g_autoptr (GString) said = g_string_new (NULL);

  if (value) {
    g_autoptr (GVariant) cards = g_variant_ref_sink (value);
    for (gsize i = 0; i < g_variant_n_children (cards); i++) {
      g_autoptr (GVariant) fields = g_variant_get_child_value (cards, i);
      const char *kind, *label, *text;
      GVariantIter iter;
      g_variant_iter_init (&iter, fields);
      while (g_variant_iter_next (&iter, "(&s&s&s)", &kind, &label, &text))
        g_string_append_printf (said, "%s/%s=%s|", kind, label, text);
    }
  }
  g_assert_cmpstr (said->str, ==, expected);
}

static void
test_card (void)
{
  check_card (
      "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada Love\r\n lace\r\nN:Lovelace;Ada;;;\r\n"
      "ORG:Engines\\, Ltd;Numbers\r\nTEL;TYPE=WORK,VOICE:+44 1\r\nTEL;TYPE=CELL:+44 2\r\n"
      "item1.EMAIL;TYPE=HOME:ada@example.org\r\nADR;TYPE=HOME:;;1 Road;London;;N1;UK\r\n"
      "NOTE:one\\ntwo\r\nEND:VCARD\r\n",
      "name/=Ada Lovelace|family/=Lovelace|given/=Ada|organization/=Engines, Ltd, Numbers|phone/work=+44 1|"
      "phone/mobile=+44 2|email/home=ada@example.org|address/home=1 Road\nLondon\nN1\nUK|"
      "note/=one\ntwo|");
  /* Of an old telephone: quoted-printable that goes on, in CP949; and no FN. */
  check_card (
      "BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=CP949;ENCODING=QUOTED-PRINTABLE:=B1=E8=\n;=B0=A1\n"
      "TEL;CELL:010\nEND:VCARD\n",
      "family/=김|given/=가|phone/mobile=010|");
  /* 4.0, and a second card */
  check_card ("BEGIN:VCARD\nVERSION:4.0\nFN:A\nTEL;VALUE=uri:tel:+82-2\nEND:VCARD\n"
              "BEGIN:VCARD\nFN:B\nEND:VCARD\n",
              "name/=A|phone/=+82-2|name/=B|");
  /* A picture elsewhere is an address to be fetched, which would tell */
  check_card ("BEGIN:VCARD\nFN:A\nPHOTO;VALUE=uri:http://example.org/a.png\nEND:VCARD\n",
              "name/=A|");
  check_card ("BEGIN:VCARD\nFN:A\nPHOTO;ENCODING=b;TYPE=PNG:aGk=\nEND:VCARD\n",
              "name/=A|photo/=aGk=|");
  check_card ("BEGIN:VCARD\nFN:never ends\n", "");
  check_card ("hello", "");
}

/* ---- the walls ---- */

/* What a process within the walls manages to do, as bits. */
static int
try_everything (const char *file)
{
  int done = 0;

  if (!unpack_sandbox_enter ())
    return 0x40;
  if (socket (AF_INET, SOCK_STREAM, 0) >= 0 || socket (AF_UNIX, SOCK_STREAM, 0) >= 0)
    done |= 1;
  if (open (file, O_WRONLY | O_CREAT, 0600) >= 0 || open (file, O_RDWR) >= 0)
    done |= 2;
  pid_t child = fork ();
  if (child == 0)
    _exit (0);
  if (child > 0)
    done |= 4;
  if (unlink (file) == 0)
    done |= 8;
  char *const argv[] = { (char *)"/bin/true", NULL };
  if (kill (getppid (), 0) == 0)
    done |= 16;
  if (syscall (SYS_tgkill, getppid (), getppid (), 0) == 0)
    done |= 16;
  int fd = open ("/etc/passwd", O_RDONLY);
  if (fd < 0)
    done |= 32; /* reading has to go on: fonts, time zones */
  /* EPERM from the wall; the kernel would say that a file is no terminal */
  if (ioctl (fd, TIOCSTI, "x") == 0 || errno != EPERM || ioctl (fd, TIOCLINUX, "x") == 0
      || errno != EPERM || getsid (0) != getpid ())
    done |= 16;
  execv ("/bin/true", argv);
  return done;
}

static void
test_walls (void)
{
  g_autofree char *folder = g_dir_make_tmp ("sosik-walls-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "file", NULL);
  int status;

  g_assert_true (g_file_set_contents (file, "x", 1, NULL));
  pid_t child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    _exit (0x80 | try_everything (file));
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  /* 0 would be /bin/true's */
  g_assert_cmphex (WEXITSTATUS (status), ==, 0x80);
  unlink (file);
  rmdir (folder);
}

/* Where the walls cannot be built, nothing of a stranger is read. */
static void
test_no_walls (void)
{
  int in[2], out[2], status;
  char byte;

  g_assert_cmpint (pipe (in), ==, 0);
  g_assert_cmpint (pipe (out), ==, 0);
  pid_t child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0) {
    scmp_filter_ctx context = seccomp_init (SCMP_ACT_ALLOW);
    dup2 (in[0], STDIN_FILENO);
    dup2 (out[1], STDOUT_FILENO);
    close (in[1]);
    close (out[0]);
    close (out[1]);
    if (seccomp_rule_add (context, SCMP_ACT_ERRNO (EPERM), SCMP_SYS (seccomp), 0) != 0
        || seccomp_rule_add (context, SCMP_ACT_ERRNO (EPERM), SCMP_SYS (prctl), 1,
                             SCMP_A0 (SCMP_CMP_EQ, PR_SET_SECCOMP))
               != 0
        || seccomp_load (context) != 0)
      _exit (100);
    execl (g_getenv ("SOSIK_UNPACK"), "sosik-unpack", "card", NULL);
    _exit (101);
  }
  close (in[0]);
  close (out[1]);
  close (in[1]); /* an empty card: the program would answer it */
  g_assert_cmpint (read (out[0], &byte, 1), ==, 0);
  close (out[0]);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/unpack/picture/size", test_picture);
  g_test_add_func ("/unpack/picture/orientation", test_orientation);
  g_test_add_func ("/unpack/picture/broken", test_broken_picture);
  g_test_add_func ("/unpack/pdf", test_pdf);
  g_test_add_func ("/unpack/pdf-text", test_pdf_text);
  g_test_add_func ("/unpack/card", test_card);
  g_test_add_func ("/unpack/walls", test_walls);
  g_test_add_func ("/unpack/no-walls", test_no_walls);
  test_calendar_add ();
  test_tnef_add ();
  test_hostile_add ();
#ifdef SOSIK_OFFICE
  test_office_add ();
  test_hwp_add ();
#endif
  return g_test_run ();
}
