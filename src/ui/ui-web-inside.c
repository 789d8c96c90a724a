/* What of ours runs inside WebKit's web process: it keeps OpenGL out of it.
 *
 * A page of ours is painted by the processor, always (ui-web-process.c).  Still WebKit 2.50 sets an EGL display up for each process, before it looks at
 * the settings of the first page, and a driver comes with that: of Mesa's, with or without a graphics card, 35 MB of a compiler's code
 * and 12 MB that are written to.  WebKit ends where there is no display at all, so there is one, of a vendor whose library is this file
 * (libglvnd's EGL ABI): with nothing on it, no context and no surface.  WebKit's answer to that is to paint by the processor.
 *
 * Loaded by WebKit before there is a page.  It must never do more: it stands on the side of the strangers' HTML. */
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <glvnd/libeglabi.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <webkit/webkit-web-process-extension.h>

#define PLATFORM          "EGL_MESA_platform_surfaceless"
#define CLIENT_EXTENSIONS "EGL_EXT_client_extensions EGL_EXT_platform_base " PLATFORM
#define EXPORTED          __attribute__ ((visibility ("default")))

/* ---- a display with nothing on it ---- */

static int display; /* its address is the display's handle */

static EGLDisplay
get_platform_display (EGLenum platform, void *native, const EGLAttrib *attributes)
{
  return &display;
}

static EGLBoolean
supports_api (EGLenum api)
{
  return api == EGL_OPENGL_ES_API || api == EGL_OPENGL_API;
}

static const char *
get_vendor_string (int name)
{
  return name == __EGL_VENDOR_STRING_PLATFORM_EXTENSIONS ? PLATFORM : NULL;
}

static EGLBoolean
initialize (EGLDisplay of, EGLint *major, EGLint *minor)
{
  if (major)
    *major = 1;
  if (minor)
    *minor = 5;
  return EGL_TRUE;
}

static const char *
query_string (EGLDisplay of, EGLint name)
{
  switch (name) {
  case EGL_VENDOR:
    return "Sosik";
  case EGL_VERSION:
    return "1.5";
  case EGL_EXTENSIONS:
    return of == EGL_NO_DISPLAY ? CLIENT_EXTENSIONS : "";
  default:
    return "";
  }
}

static EGLint
get_error (void)
{
  return EGL_BAD_CONFIG;
}

/* Configurations, contexts, surfaces: none. */
static EGLBoolean
fill_nothing (EGLDisplay of, EGLConfig *configs, EGLint size, EGLint *found)
{
  if (found)
    *found = 0;
  return EGL_TRUE;
}

static EGLBoolean
choose_nothing (EGLDisplay of, const EGLint *attributes, EGLConfig *configs, EGLint size,
                EGLint *found)
{
  return fill_nothing (of, configs, size, found);
}

static EGLBoolean
done (void)
{
  return EGL_TRUE;
}

/* Of whatever arguments: no object, false. */
static void *
nothing (void)
{
  return NULL;
}

static void *
get_proc_address (const char *name)
{
  static const struct
  {
    const char *name;
    void *function;
  } functions[] = {
    { "eglInitialize", initialize },    { "eglTerminate", done },
    { "eglReleaseThread", done },       { "eglBindAPI", done },
    { "eglQueryString", query_string }, { "eglGetError", get_error },
    { "eglGetConfigs", fill_nothing },  { "eglChooseConfig", choose_nothing },
  };

  for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
    if (strcmp (functions[i].name, name) == 0)
      return functions[i].function;
  }
  return strncmp (name, "egl", 3) == 0 ? nothing : NULL;
}

static void *
get_dispatch_address (const char *name)
{
  return NULL; /* no extensions */
}

static void
set_dispatch_index (const char *name, int index)
{
}

EXPORTED EGLBoolean __egl_Main (uint32_t version, const __EGLapiExports *exports,
                                __EGLvendorInfo *vendor, __EGLapiImports *imports);
EXPORTED void webkit_web_process_extension_initialize (WebKitWebProcessExtension *extension);

EGLBoolean
__egl_Main (uint32_t version, const __EGLapiExports *exports, __EGLvendorInfo *vendor,
            __EGLapiImports *imports)
{
  if (EGL_VENDOR_ABI_GET_MAJOR_VERSION (version) != EGL_VENDOR_ABI_MAJOR_VERSION)
    return EGL_FALSE;
  imports->getPlatformDisplay = get_platform_display;
  imports->getSupportsAPI = supports_api;
  imports->getVendorString = get_vendor_string;
  imports->getProcAddress = get_proc_address;
  imports->getDispatchAddress = get_dispatch_address;
  imports->setDispatchIndex = set_dispatch_index;
  return EGL_TRUE;
}

/* ---- inside WebKit ---- */

void
webkit_web_process_extension_initialize (WebKitWebProcessExtension *extension)
{
  static const char vendor[] = SOSIK_INSIDE_DIR "/egl.json";

  /* In this process only: whoever is started from the window has the vendors of the system. */
  if (access (vendor, R_OK) == 0)
    setenv ("__EGL_VENDOR_LIBRARY_FILENAMES", vendor, TRUE);
}
