"""Layer 9: settings, root urls, wsgi. What joins the modules into one program."""
