"""The pictures of the user's guide, made from the running app: `./capphep guide`."""
